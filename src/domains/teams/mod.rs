//! Team leadership and development: the organisation and the people in it.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod absence;
mod climate;
mod learning;
mod person;
mod review;
mod skill;

pub use absence::presence::Presence;
pub use person::ports::People;
pub use person::unit::Unit;

use steward_core::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    Domain::new("teams", "Leadership and development of teams: the organisation, its people, and their growth.")
        .resource::<person::unit::Unit>()
        .resource::<person::person::Person>()
        .resource::<person::role_profile::RoleProfile>()
        .resource::<review::one_on_one::OneOnOne>()
        .resource::<person::position::Position>()
        .resource::<person::team::Team>()
        .resource::<person::membership::Membership>()
        .resource::<person::role_requirement::RoleRequirement>()
        .resource::<skill::skill::Skill>()
        .resource::<skill::skill_need::SkillNeed>()
        .resource::<skill::skill_assessment::SkillAssessment>()
        .resource::<skill::certification::Certification>()
        .resource::<skill::person_certification::PersonCertification>()
        .resource::<skill::course::Course>()
        .resource::<skill::course_session::CourseSession>()
        .resource::<skill::enrollment::Enrollment>()
        .resource::<learning::development_plan::DevelopmentPlan>()
        .resource::<learning::development_goal::DevelopmentGoal>()
        .resource::<learning::mentorship::Mentorship>()
        .resource::<learning::mentoring_session::MentoringSession>()
        .resource::<review::action_item::ActionItem>()
        .resource::<review::feedback::Feedback>()
        .resource::<review::recognition::Recognition>()
        .resource::<review::review_cycle::ReviewCycle>()
        .resource::<review::performance_review::PerformanceReview>()
        .resource::<absence::absence::Absence>()
        .resource::<absence::on_call_shift::OnCallShift>()
        .resource::<climate::retrospective::Retrospective>()
        .resource::<climate::improvement_action::ImprovementAction>()
        .resource::<person::succession_slot::SuccessionSlot>()
        .resource::<climate::pulse_survey::PulseSurvey>()
        .resource::<climate::pulse_answer::PulseAnswer>()
        .resource::<climate::pulse_participation::PulseParticipation>()
        .action::<learning::plan_agreement::AgreePlan>()
        .action::<person::role_version::DraftRoleVersion>()
        .figures::<person::figures::commitment::Commitment, _>()
        .measure::<skill::figures::skill_cover::Skills>()
        .view::<skill::figures::person_skill_gap::SkillGap>()
}
