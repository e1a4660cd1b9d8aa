//! Long texts in pieces that a channel takes.

use unicode_segmentation::UnicodeSegmentation as _;

/// Splits a text into pieces of at most `limit`, as `measure` counts: at the end of a paragraph, a line, a sentence or
/// a word when there is one in the second half, and never inside what a person sees as one character, unless that one
/// alone is larger than the limit. The pieces are trimmed; a text of nothing but blanks has none.
pub(crate) fn split(text: &str, limit: usize, measure: impl Fn(&str) -> usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let fits = fitting(rest, limit, &measure);
        let end = if fits == rest.len() { fits } else { good_end(rest, fits) };
        let piece = rest[..end].trim_end();
        if !piece.is_empty() {
            pieces.push(piece);
        }
        rest = rest[end..].trim_start();
    }
    pieces
}

/// How many bytes of it fit; at least one character.
fn fitting(text: &str, limit: usize, measure: &impl Fn(&str) -> usize) -> usize {
    if measure(text) <= limit {
        return text.len();
    }
    let mut used = 0;
    let mut end = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        used += measure(cluster);
        if used > limit {
            break;
        }
        end = at + cluster.len();
    }
    if end > 0 {
        return end;
    }
    // One cluster alone is too large: a letter with a thousand accents. It is cut between its characters.
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += measure(&text[at..at + character.len_utf8()]);
        if used > limit {
            break;
        }
        end = at + character.len_utf8();
    }
    end.max(text.chars().next().map_or(0, char::len_utf8))
}

/// The best place to end a piece in the second half of what fits.
fn good_end(text: &str, fits: usize) -> usize {
    let piece = &text[..fits];
    let half = fits / 2;
    let after = |mark: &str| piece.rfind(mark).map(|at| at + mark.len()).filter(|end| *end > half);
    // A word that ends exactly where the piece does needs no other place.
    let whole_word = text[fits..].starts_with(char::is_whitespace);
    let sentence = || [". ", "! ", "? ", "。"].iter().filter_map(|mark| after(mark)).max();
    after("\n\n")
        .or_else(|| after("\n"))
        .or_else(sentence)
        .or_else(|| whole_word.then_some(fits))
        .or_else(|| after(" "))
        .unwrap_or(fits)
}

/// Characters as a person counts code points.
pub(crate) fn characters(text: &str) -> usize {
    text.chars().count()
}

/// The text cut to so many characters, with `…` at its end when something is missing.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if characters(text) <= limit {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 1;
    for cluster in text.graphemes(true) {
        used += characters(cluster);
        if used > limit {
            break;
        }
        out.push_str(cluster);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ends_stand_where_a_reader_expects_them() {
        assert_eq!(split("one two three", 8, characters), ["one two", "three"]);
        assert_eq!(split("First one. Second one.", 15, characters), ["First one.", "Second one."]);
        assert_eq!(split("a line\nanother line", 12, characters), ["a line", "another line"]);
        assert_eq!(split("abcdefghij", 4, characters), ["abcd", "efgh", "ij"]);
        assert_eq!(split("one two", 3, characters), ["one", "two"]);
        assert!(split("  \n ", 5, characters).is_empty());
    }

    #[test]
    fn what_a_person_sees_as_one_character_stays_whole() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(split(&format!("ab{family}"), 8, characters), ["ab", family]);
        assert_eq!(cut(&format!("abc{family}"), 9), "abc…");
        assert_eq!(split(&format!("e{}", "\u{301}".repeat(9)), 4, characters).len(), 3);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_too_long(text in "[a-z .\n😀é]{0,200}", limit in 1usize..40) {
            let bytes = |text: &str| text.len();
            for measure in [characters as fn(&str) -> usize, bytes as fn(&str) -> usize] {
                let pieces = split(&text, limit.max(4), measure);
                prop_assert!(pieces.iter().all(|piece| measure(piece) <= limit.max(4)));
                let solid = |text: &str| text.split_whitespace().collect::<String>();
                prop_assert_eq!(solid(&pieces.concat()), solid(&text));
            }
        }

        #[test]
        fn what_is_cut_fits(text in any::<String>(), limit in 1usize..40) {
            prop_assert!(characters(&cut(&text, limit)) <= limit);
        }
    }
}
