//! Keyset walks: how a page is put together from ranges of an index, the same for every store.
//!
//! Items are ordered by a key in either direction, then by id, ascending. A store keeps one index `(place, key, id)` for
//! each key and reads it forwards or backwards. Read backwards, the index gives items with equal keys in descending order of
//! their ids. [`walk`] therefore turns each run of equal keys around. One that the limit may have cut is read again the right way
//! round, because the cut may be at the wrong end. A second index for each key would do without this, at the cost of twice as many
//! index writes for each insert. One query `key < ? OR key = ? AND id > ?` would too, but a database does not use the index for it:
//! on PostgreSQL, in a long run of equal keys, it took 1,248 ms instead of 0.3 ms.
//!
//! Most runs are short, so a page is one statement. Each further one has to be planned, which took PostgreSQL as long as the page: of
//! a page behind another, read as the rest of a run and what is behind it, 0.48 ms instead of 0.27.

use super::{Item, Key, Page, Position, Result};
use std::cmp::Ordering;

/// The direction in which an index is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From small to large.
    Ascending,
    /// From large to small.
    Descending,
}

impl Direction {
    /// The direction of the keys of a page.
    ///
    /// ```
    /// use wix_media::catalog::{Children, Page, walk::Direction};
    ///
    /// let mut page = Page::new(Children::Of("media-root".into()), 50);
    /// assert_eq!(Direction::of_keys(&page), Direction::Descending);
    /// page.backwards = true;
    /// assert_eq!(Direction::of_keys(&page), Direction::Ascending);
    /// ```
    pub fn of_keys(page: &Page) -> Direction {
        if page.descending == page.backwards {
            Direction::Ascending
        } else {
            Direction::Descending
        }
    }

    /// The direction of the ids of equal keys of a page.
    ///
    /// ```
    /// use wix_media::catalog::{Children, Page, walk::Direction};
    ///
    /// let page = Page::new(Children::Of("media-root".into()), 50);
    /// assert_eq!(Direction::of_ids(&page), Direction::Ascending);
    /// ```
    pub fn of_ids(page: &Page) -> Direction {
        if page.backwards {
            Direction::Descending
        } else {
            Direction::Ascending
        }
    }

    fn apply(self, order: Ordering) -> Ordering {
        match self {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        }
    }
}

/// A range of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range<'a> {
    /// Every item.
    All,
    /// The items behind this position, in the direction of the step.
    After(&'a Position),
    /// The items with this key, and those whose keys are behind it, in the direction of the step.
    From(&'a Key),
    /// The items whose keys are behind this one, in the direction of the step.
    Behind(&'a Key),
    /// The items with exactly this key.
    Run(&'a Key),
    /// The items with exactly this key whose ids are behind this one, in the direction of the step.
    RestOfRun(&'a Key, &'a str),
}

/// What a store has to select: the first items of a range, ordered by key and id, both in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Where to look.
    pub range: Range<'a>,
    /// The direction in which keys and ids are ordered, and in which "behind" points.
    pub direction: Direction,
    /// The most items.
    pub limit: usize,
}

/// The items of a page in one folder or area. `select` returns the items of a step that meet the conditions of the page.
/// It is called once where runs of equal keys are short, and four times at most.
pub fn walk<T: Item>(page: &Page, mut select: impl FnMut(Step<'_>) -> Result<Vec<T>>) -> Result<Vec<T>> {
    let (keys, ids) = (Direction::of_keys(page), Direction::of_ids(page));
    let limit = page.limit as usize;
    if keys == ids {
        return select(Step {
            range: page.from.as_ref().map_or(Range::All, Range::After),
            direction: keys,
            limit,
        });
    }
    let mut found = Vec::new();
    // The key behind which the next step begins.
    let mut passed: Option<Key> = None;
    loop {
        let (range, first) = match (&passed, &page.from) {
            (Some(key), _) => (Range::Behind(key), None),
            (None, Some(from)) => (Range::From(&from.key), Some(from)),
            (None, None) => (Range::All, None),
        };
        // One more tells whether the last run goes on, and another one stands for the item that the page begins behind.
        let wanted = limit - found.len() + 1 + usize::from(first.is_some());
        let items = select(Step {
            range,
            direction: keys,
            limit: wanted,
        })?;
        let is_end = items.len() < wanted;
        let mut runs = runs(page, items);
        let last = if is_end { None } else { runs.pop() };
        for (key, run) in runs {
            // Read in the direction of the keys, so the other way round.
            let run = run.into_iter().rev();
            match first.filter(|from| from.key == key) {
                Some(from) => {
                    found.extend(run.filter(|item| ids.apply(item.position(page.sort).id.cmp(&from.id)).is_gt()))
                }
                None => found.extend(run),
            }
            if found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
        }
        let Some((key, _)) = last else {
            return Ok(found);
        };
        let range = match first.filter(|from| from.key == key) {
            Some(from) => Range::RestOfRun(&key, &from.id),
            None => Range::Run(&key),
        };
        found.extend(select(Step {
            range,
            direction: ids,
            limit: limit - found.len(),
        })?);
        if found.len() >= limit {
            return Ok(found);
        }
        passed = Some(key);
    }
}

/// Items in the order of their keys, by runs of equal keys.
fn runs<T: Item>(page: &Page, items: Vec<T>) -> Vec<(Key, Vec<T>)> {
    let mut runs: Vec<(Key, Vec<T>)> = Vec::new();
    for item in items {
        let key = item.position(page.sort).key;
        match runs.last_mut() {
            Some((last, run)) if *last == key => run.push(item),
            _ => runs.push((key, vec![item])),
        }
    }
    runs
}

/// The items of a page in several areas, from its items in each of them.
pub fn merge<T: Item>(page: &Page, areas: impl IntoIterator<Item = Vec<T>>) -> Vec<T> {
    let mut found: Vec<(Position, T)> = Vec::new();
    for items in areas {
        found.extend(items.into_iter().map(|item| (item.position(page.sort), item)));
    }
    found.sort_by(|(one, _), (other, _)| compare(page, one, other));
    found.truncate(page.limit as usize);
    found.into_iter().map(|(_, item)| item).collect()
}

/// The order of two items on a page.
///
/// ```
/// use std::cmp::Ordering;
/// use wix_media::catalog::{Children, Key, Page, Position, walk};
///
/// let page = Page::new(Children::Of("media-root".into()), 50);
/// let at = |time, id: &str| Position { key: Key::Number(time), id: id.into() };
/// assert_eq!(walk::compare(&page, &at(2, "a"), &at(1, "a")), Ordering::Less);
/// assert_eq!(walk::compare(&page, &at(1, "a"), &at(1, "b")), Ordering::Less);
/// ```
pub fn compare(page: &Page, one: &Position, other: &Position) -> Ordering {
    let keys = Direction::of_keys(page).apply(one.key.cmp(&other.key));
    keys.then_with(|| Direction::of_ids(page).apply(one.id.cmp(&other.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Area, Children, Folder, Sort};

    /// The first items of a step, found by looking at all of them.
    fn select(items: &[Folder], step: Step<'_>) -> Vec<Folder> {
        let is_behind = |order: Ordering| step.direction.apply(order) == Ordering::Greater;
        let mut found: Vec<_> = items
            .iter()
            .filter(|item| {
                let Position { key, id } = item.position(Sort::Updated);
                match step.range {
                    Range::All => true,
                    Range::After(from) => is_behind((&key, &id).cmp(&(&from.key, &from.id))),
                    Range::From(from) => key == *from || is_behind(key.cmp(from)),
                    Range::Behind(from) => is_behind(key.cmp(from)),
                    Range::Run(run) => key == *run,
                    Range::RestOfRun(run, from) => key == *run && is_behind(id[..].cmp(from)),
                }
            })
            .cloned()
            .collect();
        found.sort_by(|one, other| {
            step.direction
                .apply((one.updated, &one.id).cmp(&(other.updated, &other.id)))
        });
        found.truncate(step.limit);
        found
    }

    #[test]
    fn pages_hold_every_item_once_and_take_four_steps_at_most() {
        let items: Vec<_> = (0..30)
            .map(|number| Folder::new(&format!("{number:02}"), "n", "r", Area::Site, number * number % 7))
            .collect();
        for limit in [1, 2, 5, 30] {
            for descending in [false, true] {
                for backwards in [false, true] {
                    let mut page = Page::new(Children::Of("r".into()), limit);
                    page.descending = descending;
                    page.backwards = backwards;
                    let mut walked = Vec::new();
                    loop {
                        let mut steps = 0;
                        let found = walk(&page, |step| {
                            steps += 1;
                            Ok(select(&items, step))
                        });
                        let found = found.expect("found");
                        assert!(steps <= 4, "{steps} steps for {page:?}");
                        assert!(found.len() <= limit as usize, "{page:?}");
                        let Some(last) = found.last() else { break };
                        page.from = Some(last.position(Sort::Updated));
                        walked.extend(found);
                    }
                    let mut expected = items.clone();
                    expected.sort_by(|one, other| {
                        compare(&page, &one.position(Sort::Updated), &other.position(Sort::Updated))
                    });
                    assert_eq!(walked, expected, "{page:?}");
                    let (odd, even): (Vec<_>, Vec<_>) =
                        expected.iter().cloned().partition(|item| item.created % 2 == 1);
                    expected.truncate(limit as usize);
                    assert_eq!(merge(&page, [odd, even]), expected, "{page:?}");
                }
            }
        }
    }

    #[test]
    fn page_without_equal_keys_takes_one_step() {
        let items: Vec<_> = (0..30)
            .map(|number| Folder::new(&format!("{number:02}"), "n", "r", Area::Site, number))
            .collect();
        for descending in [false, true] {
            let mut page = Page::new(Children::Of("r".into()), 8);
            page.descending = descending;
            let mut steps = Vec::new();
            loop {
                let mut count = 0;
                let found = walk(&page, |step| {
                    count += 1;
                    Ok(select(&items, step))
                });
                steps.push(count);
                let found = found.expect("found");
                let Some(last) = found.last() else { break };
                page.from = Some(last.position(Sort::Updated));
            }
            assert_eq!(steps, [1; 5], "{page:?}");
        }
    }
}
