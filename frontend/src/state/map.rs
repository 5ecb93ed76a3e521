//! Maps and sets of the stores: lists in the order of their keys. The standard library's are trees, which are quicker with
//! thousands of entries, and five kilobytes of code for every kind of them; here there are hundreds at most.

use std::borrow::Borrow;

/// What is kept under each key.
#[derive(Clone, Debug, PartialEq)]
pub struct Map<K, V>(Vec<(K, V)>);

impl<K, V> Map<K, V> {
    /// One without entries.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// All that is kept.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The same, to change it.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Drops what is not to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| keep(key, value));
    }
}

impl<K: Ord, V> Map<K, V> {
    /// Where a key is, or would be.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    /// What is kept under a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &self.0[at].1)
    }

    /// The same, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| &mut self.0[at].1)
    }

    /// Whether something is kept under a key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// What is kept under a key, which is `value` from now on where there was nothing.
    pub fn get_or_insert(&mut self, key: K, value: V) -> &mut V {
        let at = self.place(&key).unwrap_or_else(|at| {
            self.0.insert(at, (key, value));
            at
        });
        &mut self.0[at].1
    }

    /// Keeps it under a key; gives what was kept there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Drops a key; gives what was kept there.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.place(key).ok().map(|at| self.0.remove(at).1)
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        entries.into_iter().for_each(|(key, value)| _ = self.insert(key, value));
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Keys alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Set<K>(Map<K, ()>);

impl<K> Set<K> {
    /// One without keys.
    pub const fn new() -> Self {
        Self(Map::new())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }
}

impl<K: Ord> Set<K> {
    /// Whether it is there.
    pub fn contains(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    /// Puts one in; whether it was not there.
    pub fn insert(&mut self, key: K) -> bool {
        self.0.insert(key, ()).is_none()
    }

    /// Takes one out; whether it was there.
    pub fn remove(&mut self, key: &K) -> bool {
        self.0.remove(key).is_some()
    }
}

impl<K> Default for Set<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        Self(keys.into_iter().map(|key| (key, ())).collect())
    }
}

/// Puts a list in order, where equal ones stay as they stand. Mostly it is in order, but for one: then that is quick, and it is
/// a hundredth of the code that the standard library's takes for every kind of list.
pub fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && key(&list[at - 1]) > key(&list[at]) {
            list.swap(at - 1, at);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_keeps_what_was_put_last_under_each_key_in_their_order() {
        let mut map: Map<String, u32> =
            [("b", 1), ("c", 2), ("a", 3), ("b", 4)].map(|(key, value)| (key.to_owned(), value)).into_iter().collect();
        assert_eq!(map.iter().map(|(key, value)| (key.as_str(), *value)).collect::<Vec<_>>(), [("a", 3), ("b", 4), ("c", 2)]);
        assert_eq!((map.get("b"), map.get("d")), (Some(&4), None));
        assert_eq!((map.insert("b".into(), 5), map.insert("d".into(), 6)), (Some(4), None));
        *map.get_or_insert("b".into(), 9) += 1;
        *map.get_or_insert("0".into(), 9) += 1;
        assert_eq!((map.remove("c"), map.remove("c")), (Some(2), None));
        map.retain(|key, _| key != "d");
        map.get_mut("a").into_iter().for_each(|value| *value = 0);
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [("0".to_owned(), 10), ("a".to_owned(), 0), ("b".to_owned(), 6)]);
    }

    #[test]
    fn a_set_says_what_is_new() {
        let mut set: Set<u32> = [3, 1, 3].into_iter().collect();
        assert!(set.insert(2) && !set.insert(1) && set.contains(&3));
        assert!(set.remove(&3) && !set.remove(&3));
        assert_eq!(set.iter().copied().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn equal_ones_stay_as_they_stand() {
        let mut list: Vec<(u32, usize)> = (0..50).map(|at| ((at * 7 % 5) as u32, at)).collect();
        let mut same = list.clone();
        sort_by_key(&mut list, |one| one.0);
        same.sort_by_key(|one| one.0);
        assert_eq!(list, same);
    }
}
