//! The overcommitment of processors: the virtual ones that are promised on physical cores.

/// The virtual processors of some machines beside the physical cores that they run on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overcommitment {
    /// Number of machines.
    pub machines: usize,
    /// Virtual processors of these machines.
    pub vcpus: f64,
    /// Number of machines of which they are not recorded.
    pub unknown: usize,
    /// Physical cores; none where they are not known.
    pub cores: Option<f64>,
    /// Virtual processors for one core.
    pub ratio: Option<f64>,
    /// Most virtual processors that are promised for one core.
    pub most: Option<f64>,
    /// Virtual processors that can still be promised; below 0 where too many are.
    pub left: Option<f64>,
    /// Reason for a missing ratio.
    pub reason: Option<&'static str>,
}

impl Overcommitment {
    /// Overcommitment by virtual processors, one entry for each machine, on some cores.
    pub fn of(vcpus: &[Option<f64>], cores: Option<i64>, most: Option<f64>) -> Overcommitment {
        let promised: f64 = vcpus.iter().flatten().sum();
        let physical = cores.map(|cores| cores as f64);
        Overcommitment {
            machines: vcpus.len(),
            vcpus: promised,
            unknown: vcpus.iter().filter(|each| each.is_none()).count(),
            cores: physical,
            ratio: physical.filter(|cores| *cores > 0.0).map(|cores| promised / cores),
            most,
            left: most.zip(physical).map(|(most, cores)| most * cores - promised),
            reason: match cores {
                None => Some("The physical cores are not recorded. Record physical_cores of the cluster, or of the device types of its hosts."),
                Some(0) => Some("There are no physical cores."),
                Some(_) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_four_to_one_leaves_what_the_promise_allows() {
        // Two hosts of 32 cores and 256 vCPUs: 256 ÷ 64 = 4; at 5 to 1, 5 · 64 − 256 = 64 are left.
        let found = Overcommitment::of(&[Some(200.0), Some(56.0), None], Some(64), Some(5.0));
        assert_eq!((found.ratio, found.left, found.unknown), (Some(4.0), Some(64.0), 1));
    }

    #[test]
    fn without_cores_there_is_no_ratio() {
        for cores in [None, Some(0)] {
            let found = Overcommitment::of(&[Some(8.0)], cores, None);
            assert_eq!((found.ratio, found.left), (None, None));
            assert!(found.reason.is_some());
        }
    }
}
