//! Controls, their tests and evidence, and what monitors them.

pub mod conclusive_test;
pub mod control;
pub mod control_requirement;
pub mod control_test;
pub mod evidence;
pub mod figures;
pub mod frozen_query;
pub mod monitor;
pub mod monitor_run;
pub mod test_date;
pub mod test_result;
pub mod tested_control;
