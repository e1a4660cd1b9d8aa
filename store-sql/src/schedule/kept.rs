//! Content of rows that stays in memory until it is needed, within bounds.

/// How many bytes may be kept. What does not fit is read from the disk when it is needed.
const MOST: usize = 8 << 20;

/// How many bytes are kept.
#[derive(Default)]
pub(crate) struct Budget(usize);

/// Content that may be in memory; on the disk it is always.
pub(crate) struct Kept<T>(Option<(T, usize)>);

impl<T> Kept<T> {
    pub(crate) fn new(value: T, bytes: usize, budget: &mut Budget) -> Self {
        if budget.0 + bytes > MOST {
            return Self(None);
        }
        budget.0 += bytes;
        Self(Some((value, bytes)))
    }

    /// On the disk alone.
    pub(crate) const fn on_disk() -> Self {
        Self(None)
    }

    pub(crate) fn take(&mut self, budget: &mut Budget) -> Option<T> {
        let (value, bytes) = self.0.take()?;
        budget.0 = budget.0.saturating_sub(bytes);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_stays_on_the_disk() {
        let mut budget = Budget::default();
        let mut first = Kept::new('a', MOST, &mut budget);
        assert_eq!(Kept::new('b', 1, &mut budget).take(&mut budget), None);
        assert_eq!(first.take(&mut budget), Some('a'));
        assert_eq!(first.take(&mut budget), None);
        assert_eq!(Kept::new('b', 1, &mut budget).take(&mut budget), Some('b'));
    }
}
