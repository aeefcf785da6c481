//! Skills, certifications and courses, what is needed and what is there.

pub mod certification;
pub mod course;
pub mod course_session;
pub mod enrollment;
pub mod figures;
pub mod person_certification;
pub mod qualified;
pub mod skill;
pub mod skill_assessment;
pub mod skill_gap;
pub mod skill_need;
pub mod skill_supply;
