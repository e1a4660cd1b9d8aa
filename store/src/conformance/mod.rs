//! One suite for every backend: `conformance_tests!(sqlite, || connect("…"))` in a test module makes a test of each
//! case. The constructor gives a future of an empty store.
#![expect(clippy::unwrap_used, reason = "test cases, shared by the backends")]
#![expect(missing_docs, reason = "the names of the cases say what they test")]

pub mod calls;
pub mod counters;
pub mod fixture;
pub mod inbox;
pub mod keys;
pub mod outbox;
pub mod people;
pub mod receipts;
pub mod records;
pub mod secrets;
pub mod statistics;
pub mod timers;
pub mod together;
pub mod turns;
pub mod upkeep;

/// Makes a test of every case of the suite for a backend.
#[macro_export]
macro_rules! conformance_tests {
    ($name:ident, $make:expr) => {
        mod $name {
            use super::*;

            $crate::conformance_tests! { @cases $make;
                inbox::an_id_is_accepted_once
                inbox::an_id_is_unique_in_a_conversation_only
                inbox::a_batch_may_repeat_an_id
                inbox::rows_come_in_order
                inbox::a_claimed_conversation_is_not_handed_out_again
                inbox::different_conversations_are_handed_out_side_by_side
                inbox::the_longest_waiting_comes_first
                inbox::a_released_row_is_handed_out_again
                inbox::workspaces_are_apart
                turns::a_commit_keeps_everything
                turns::a_commit_without_a_session_takes_the_row_alone
                turns::a_lost_lease_commits_nothing
                turns::a_lease_that_ran_out_may_commit_until_it_is_taken
                turns::a_commit_cannot_be_repeated
                turns::replies_wait_while_a_call_is_under_way
                turns::a_call_ends_and_replies_go_on_in_order
                calls::a_call_is_made_and_its_outcome_comes_in
                calls::the_oldest_call_comes_first
                calls::a_call_that_was_sent_is_known_as_sent
                calls::a_call_that_is_sent_when_kept_needs_no_mark
                calls::a_lost_call_completes_nothing
                calls::a_call_that_nobody_waits_for_is_dropped
                calls::a_token_takes_the_place_of_the_one_before
                outbox::deliveries_come_in_order_one_at_a_time
                outbox::a_delivery_to_be_repeated_holds_those_behind_it
                outbox::conversations_do_not_wait_for_each_other
                outbox::a_delivery_given_up_is_put_aside
                outbox::a_lost_delivery_changes_nothing
                secrets::answers_are_kept_and_forgotten
                secrets::tokens_are_kept_by_bot_and_component
                secrets::changes_happen_in_order
                secrets::a_revocation_is_seen_by_the_conversation
                secrets::a_revocation_takes_what_it_names_only
                secrets::what_is_over_is_swept
                timers::a_timer_goes_off_once
                timers::a_new_timer_takes_the_place_of_the_old
                timers::a_cleared_timer_does_not_go_off
                timers::the_next_moment_is_known
                keys::data_keys_are_kept_once_each
                keys::bots_are_kept_once_each_version
                secrets::tokens_are_sealed_anew_unless_they_have_changed
                secrets::a_data_key_stays_while_something_is_sealed_by_it
                outbox::what_was_accepted_of_a_delivery_is_known
                outbox::a_held_outbox_hands_out_nothing
                outbox::an_outbox_can_be_emptied
                outbox::the_code_of_a_failure_is_kept
                turns::lines_are_counted_and_read_from_anywhere
                turns::what_is_under_way_is_known
                counters::failures_are_counted_until_their_time_is_over
                counters::counters_change_with_the_call
                counters::a_lost_call_counts_nothing
                counters::counters_change_with_the_turn
                counters::a_turn_that_is_not_kept_counts_nothing
                receipts::a_message_only_gets_further
                receipts::receipts_are_kept_by_conversation
                receipts::what_is_told_of_nobody_is_not_kept
                secrets::a_revoked_token_is_gone_at_once
                upkeep::the_backlog_is_counted
                upkeep::old_rows_are_swept
                upkeep::a_transcript_keeps_its_numbers_when_its_beginning_is_swept
                upkeep::many_ids_are_remembered
                upkeep::something_can_be_kept
                records::a_record_is_written_changed_and_removed
                records::who_has_not_seen_the_last_change_changes_nothing
                records::a_second_name_belongs_to_one_record_of_a_kind
                records::several_changes_are_made_together_or_not_at_all
                records::of_two_who_change_at_once_one_is_told
                records::records_are_listed_by_the_beginning_of_their_id
                records::records_of_workspaces_are_apart
                records::a_record_ends_with_its_time
                records::the_audit_log_is_a_chain
                people::conversations_are_listed_the_newest_line_first
                people::a_long_list_has_everything_once
                people::conversations_are_found_by_what_they_are
                people::a_conversation_is_found_by_its_number_in_its_workspace
                people::conversations_are_searched
                people::conversations_that_a_person_has_are_found
                people::a_contact_is_erased
                people::what_was_accepted_before_the_erasure_is_not_accepted_again
                people::a_turn_that_is_under_way_does_not_bring_back_who_was_erased
                people::a_delivery_that_is_under_way_ends_with_its_contact
                people::leads_are_listed_newest_first
                people::tokens_are_listed_in_pages
                people::one_token_is_revoked
                people::dead_letters_are_delivered_again_or_dropped
                people::a_workspace_empties_its_own_outbox
                statistics::numbers_are_added_up_by_hour
                statistics::numbers_are_apart_by_workspace_bot_and_channel
                statistics::old_numbers_are_swept
                together::a_message_is_kept_with_its_turn
                together::a_message_that_is_known_has_no_second_turn
                together::a_held_conversation_is_nobody_elses
                together::a_hold_that_ran_out_keeps_nothing
                together::nothing_overtakes
                together::an_outcome_is_kept_with_its_turn
                together::a_lost_call_keeps_no_turn
            }
        }
    };
    (@cases $make:expr; $($group:ident :: $case:ident)*) => {$(
        #[tokio::test]
        async fn $case() {
            let store = ($make)().await;
            $crate::conformance::$group::$case(&store).await;
        }
    )*};
}
