//! Team leadership and development: the organisation and the people in it.

mod absence;
mod action_item;
mod certification;
mod commitment;
mod course;
mod course_session;
mod development_goal;
mod development_plan;
mod enrollment;
mod feedback;
mod improvement_action;
mod measure;
mod membership;
mod mentoring_session;
mod mentorship;
mod on_call_shift;
mod one_on_one;
mod people;
mod performance_review;
mod person;
mod person_certification;
mod position;
mod presence;
mod pulse_answer;
mod pulse_participation;
mod pulse_survey;
mod recognition;
mod retrospective;
mod review_cycle;
mod role_profile;
mod role_requirement;
mod skill;
mod skill_assessment;
mod skill_gap;
mod skill_gap_view;
mod skill_need;
mod succession_slot;
mod team;
mod unit;

pub use people::People;
pub use presence::Presence;
pub use unit::Unit;

use crate::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("teams", "Lead teams of IT professionals: the organisation, its people, and their growth.")
        .resource::<unit::Unit>()
        .resource::<person::Person>()
        .resource::<role_profile::RoleProfile>()
        .resource::<one_on_one::OneOnOne>()
        .resource::<position::Position>()
        .resource::<team::Team>()
        .resource::<membership::Membership>()
        .resource::<role_requirement::RoleRequirement>()
        .resource::<skill::Skill>()
        .resource::<skill_need::SkillNeed>()
        .resource::<skill_assessment::SkillAssessment>()
        .resource::<certification::Certification>()
        .resource::<person_certification::PersonCertification>()
        .resource::<course::Course>()
        .resource::<course_session::CourseSession>()
        .resource::<enrollment::Enrollment>()
        .resource::<development_plan::DevelopmentPlan>()
        .resource::<development_goal::DevelopmentGoal>()
        .resource::<mentorship::Mentorship>()
        .resource::<mentoring_session::MentoringSession>()
        .resource::<action_item::ActionItem>()
        .resource::<feedback::Feedback>()
        .resource::<recognition::Recognition>()
        .resource::<review_cycle::ReviewCycle>()
        .resource::<performance_review::PerformanceReview>()
        .resource::<absence::Absence>()
        .resource::<on_call_shift::OnCallShift>()
        .resource::<retrospective::Retrospective>()
        .resource::<improvement_action::ImprovementAction>()
        .resource::<succession_slot::SuccessionSlot>()
        .resource::<pulse_survey::PulseSurvey>()
        .resource::<pulse_answer::PulseAnswer>()
        .resource::<pulse_participation::PulseParticipation>()
        .figures::<commitment::Commitment, _>()
        .measure::<measure::Skills>()
        .view::<skill_gap_view::SkillGap>()
}
