//! "Did you mean …?"

/// The word that was most likely meant; `None` when none comes close.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let most = match word.chars().count() {
        0..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    known
        .into_iter()
        // A word that differs more in length cannot be close, and finding that out is cheap.
        .filter(|other| other.len().abs_diff(word.len()) <= 4 * most)
        .map(|other| (strsim::osa_distance(&word, &other.to_lowercase()), other))
        .filter(|(distance, other)| *distance <= most && *distance < other.chars().count().max(2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Words for a person: `a`, `b` and `c`.
pub(crate) fn list<'k>(known: impl IntoIterator<Item = &'k str>) -> String {
    let words: Vec<_> = known.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_slip_and_nothing_far() {
        let known = ["get-balance", "transfer", "id"];
        assert_eq!(nearest("get-balanse", known), Some("get-balance"));
        assert_eq!(nearest("Transfr", known), Some("transfer"));
        assert_eq!(nearest("weather", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn lists_read_as_a_person_writes_them() {
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list([]), "");
    }
}
