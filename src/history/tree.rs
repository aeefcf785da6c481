//! Hash trees as RFC 6962 has them (section 2.1; RFC 9162, section 2.1): a root over some leaves, and the path from a leaf to it.

use sha2::{Digest, Sha256};

/// A hash of a tree.
pub type Node = [u8; 32];

/// The leaf of an entry.
pub fn leaf(entry: &[u8]) -> Node {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

fn join(left: &Node, right: &Node) -> Node {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The greatest power of two that is smaller than a number of leaves, of which there are two at least.
fn split(leaves: usize) -> usize {
    leaves.next_power_of_two() / 2
}

/// The root over some leaves; of none the hash of nothing.
pub fn root(leaves: &[Node]) -> Node {
    match leaves {
        [] => Sha256::digest([]).into(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            join(&root(left), &root(right))
        }
    }
}

/// The hashes that lead from a leaf to the root, the lowest first; none if there is no such leaf.
pub fn path(at: usize, leaves: &[Node]) -> Option<Vec<Node>> {
    if leaves.len() < 2 {
        return (at < leaves.len()).then(Vec::new);
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, beside) = if at < left.len() { (path(at, left)?, root(right)) } else { (path(at - left.len(), right)?, root(left)) };
    path.push(beside);
    Some(path)
}

/// The root to which a path leads from a leaf of a tree of a size (RFC 9162, section 2.1.3.2); none if it is no path of such a tree.
pub fn root_by(path: &[Node], leaf: Node, at: usize, leaves: usize) -> Option<Node> {
    if at >= leaves {
        return None;
    }
    let (mut place, mut last, mut node) = (at, leaves - 1, leaf);
    for beside in path {
        if last == 0 {
            return None;
        }
        if place % 2 == 1 || place == last {
            node = join(beside, &node);
            while place % 2 == 0 && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            node = join(&node, beside);
        }
        (place, last) = (place / 2, last / 2);
    }
    (last == 0).then_some(node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::hex;

    /// The entries of the tests of Certificate Transparency.
    fn leaves() -> Vec<Node> {
        let entries: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        entries.map(leaf).into()
    }

    #[test]
    fn the_roots_are_those_of_the_tests_of_certificate_transparency() {
        let expected = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (size, expected) in expected.into_iter().enumerate() {
            assert_eq!(hex(&root(&leaves()[..size])), expected, "{size}");
        }
    }

    #[test]
    fn the_paths_are_those_of_the_tests_of_certificate_transparency() {
        let told = |at: usize, size: usize| path(at, &leaves()[..size]).unwrap().iter().map(|node| hex(node)).collect::<Vec<_>>();
        assert_eq!(
            told(5, 8),
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        );
        assert_eq!(told(2, 3), ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]);
    }

    #[test]
    fn each_path_leads_to_the_root_and_no_other_does() {
        let all: Vec<Node> = (0..70u8).map(|number| leaf(&[number])).collect();
        for size in 1..all.len() {
            let (leaves, whole) = (&all[..size], root(&all[..size]));
            for at in 0..size {
                let path = path(at, leaves).unwrap();
                assert_eq!(root_by(&path, leaves[at], at, size), Some(whole), "{at} of {size}");
                assert_ne!(root_by(&path, all[size], at, size), Some(whole), "another leaf: {at} of {size}");
                let longer = [path.clone(), vec![whole]].concat();
                assert_eq!(root_by(&longer, leaves[at], at, size), None, "a longer path: {at} of {size}");
            }
        }
        assert_eq!((path(3, &all[..3]), root_by(&[], all[0], 1, 1)), (None, None));
    }
}
