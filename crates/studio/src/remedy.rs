//! What a person can do about a run that gave no pictures: exactly what fits, so that no button leads to the same refusal.

use likeness_core::{
    Route,
    job::{Failure, FailureKind, Inquiry, Job, Millis, State},
};

/// Something that the card of a run offers, beside putting it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Send what reached nobody, under the key it had.
    Send,
    /// Order the same again.
    TryAgain,
    /// Order the same again although it may have been paid for already. Never the main action.
    Repeat,
    /// Take the order back into the composer and change it.
    Edit,
    /// Mend the avatar.
    OpenAvatar,
    /// Order the same from the Ultra model.
    UseUltra,
    /// Load the page again.
    Reload,
}

/// What fits a run, the best first.
pub fn remedies(job: &Job, now: Millis) -> &'static [Remedy] {
    use Remedy::{Edit, Repeat, Send, TryAgain};
    match &job.state {
        State::Unknown { inquiry: Inquiry::Closed } => &[Repeat, Edit],
        State::Unknown { .. } => &[Edit],
        State::Unsent { .. } => &[Send, Edit],
        State::Cancelled => &[TryAgain, Edit],
        State::Failed { failure } => of_failure(failure, has_ultra(job), now),
        _ => &[],
    }
}

/// What fits this reason. `has_ultra`: the same can go to the Ultra model.
pub fn of_failure(failure: &Failure, has_ultra: bool, now: Millis) -> &'static [Remedy] {
    use Remedy::{Edit, OpenAvatar, Reload, Repeat, TryAgain, UseUltra};
    let is_due = failure.retry_at.is_some_and(|at| at <= now);
    match &failure.kind {
        // Only the owner of the server can do something, or whoever opens the app anew.
        FailureKind::Unauthorized | FailureKind::LoopbackOnly | FailureKind::SessionOver => &[],
        // The pictures are made and paid for. The card shows where they lie, so nothing may take it away but the person.
        FailureKind::PictureRefused => &[],
        FailureKind::DeadLora | FailureKind::FinetuneMissing => &[OpenAvatar, Edit],
        _ if is_for_avatar(failure) => &[OpenAvatar, Edit],
        // The same would be refused again.
        FailureKind::Forbidden
        | FailureKind::UnknownPrice
        | FailureKind::ContentPolicy
        | FailureKind::Validation
        | FailureKind::TooLarge
        | FailureKind::Outdated
        | FailureKind::Refused => &[Edit],
        FailureKind::EndpointGone if has_ultra => &[UseUltra, Edit],
        FailureKind::EndpointGone => &[Edit],
        FailureKind::UnknownOutcome => &[Repeat, Edit],
        FailureKind::StorageFailed | FailureKind::StorageNewer => &[Reload, Edit],
        // Today, or this month, nothing more is sent.
        FailureKind::UserDaySpent | FailureKind::DaySpent | FailureKind::MonthSpent if !is_due => {
            &[Edit]
        }
        _ => &[TryAgain, Edit],
    }
}

/// Whether a value of the avatar was refused, so that it is mended there.
pub fn is_for_avatar(failure: &Failure) -> bool {
    let is_refusal = matches!(
        failure.kind,
        FailureKind::ContentPolicy
            | FailureKind::Validation
            | FailureKind::TooLarge
            | FailureKind::Outdated
            | FailureKind::Refused
    );
    is_refusal && failure.field.as_deref().is_some_and(|field| field.starts_with("avatar"))
}

/// Whether the same recipe can go to Ultra instead.
pub fn has_ultra(job: &Job) -> bool {
    job.order.route().is_some_and(Route::is_legacy)
}

/// Whether two runs were refused for the same reason with the same request, so that one card tells of both.
pub fn is_same_refusal(a: &Job, b: &Job) -> bool {
    let (State::Failed { failure: of_a }, State::Failed { failure: of_b }) = (&a.state, &b.state)
    else {
        return false;
    };
    (&of_a.kind, &of_a.field, of_a.charge) == (&of_b.kind, &of_b.field, of_b.charge)
        && (&a.order.request, a.order.cost) == (&b.order.request, b.order.cost)
}

#[cfg(test)]
mod tests {
    use super::{
        Remedy::{Edit, OpenAvatar, Reload, Repeat, Send, TryAgain, UseUltra},
        *,
    };
    use crate::order::tests::ordered;
    use likeness_core::job::{Charge, JobId};

    const NOW: Millis = 1_000;

    fn job(state: State) -> Job {
        Job { state, ..Job::new(JobId("a".into()), 0, ordered()) }
    }

    fn failed(failure: Failure) -> Job {
        job(State::Failed { failure })
    }

    fn failed_by(kind: &str) -> Job {
        failed(Failure::of(kind.to_owned().into(), Charge::No))
    }

    /// Kind of failure, and what is offered.
    const TABLE: [(&str, &[Remedy]); 42] = [
        ("unauthorized", &[]),
        ("forbidden", &[Edit]),
        ("exhausted_balance", &[TryAgain, Edit]),
        ("content_policy", &[Edit]),
        ("no_media", &[TryAgain, Edit]),
        ("endpoint_gone", &[Edit]),
        ("unknown_request", &[TryAgain, Edit]),
        ("dead_lora", &[OpenAvatar, Edit]),
        ("finetune_missing", &[OpenAvatar, Edit]),
        ("validation", &[Edit]),
        ("rate_limited", &[TryAgain, Edit]),
        ("queue_full", &[TryAgain, Edit]),
        ("start_timeout", &[TryAgain, Edit]),
        ("timeout", &[TryAgain, Edit]),
        ("cancelled", &[TryAgain, Edit]),
        ("upstream", &[TryAgain, Edit]),
        ("garbled", &[TryAgain, Edit]),
        ("network", &[TryAgain, Edit]),
        ("too_large", &[Edit]),
        ("unknown_outcome", &[Repeat, Edit]),
        ("server", &[TryAgain, Edit]),
        ("refused", &[Edit]),
        ("user_day_spent", &[Edit]),
        ("day_spent", &[Edit]),
        ("month_spent", &[Edit]),
        ("too_many_runs", &[TryAgain, Edit]),
        ("too_many_submits", &[TryAgain, Edit]),
        ("unknown_price", &[Edit]),
        ("ledger_away", &[TryAgain, Edit]),
        ("sign_in_required", &[TryAgain, Edit]),
        ("wrong_code", &[TryAgain, Edit]),
        ("session_over", &[]),
        ("loopback_only", &[]),
        ("storage_full", &[TryAgain, Edit]),
        ("storage_failed", &[Reload, Edit]),
        ("storage_newer", &[Reload, Edit]),
        ("outdated", &[Edit]),
        ("picture_gone", &[TryAgain, Edit]),
        ("picture_refused", &[]),
        ("result_expired", &[TryAgain, Edit]),
        ("unreadable", &[TryAgain, Edit]),
        ("never heard of", &[TryAgain, Edit]),
    ];

    #[test]
    fn each_kind_of_failure_offers_what_fits() {
        for (kind, offered) in TABLE {
            assert_eq!(remedies(&failed_by(kind), NOW), offered, "{kind}");
        }
    }

    #[test]
    fn every_kind_has_its_row() {
        for kind in FailureKind::ALL {
            assert!(TABLE.iter().any(|(known, _)| *known == kind.name()), "{kind:?}");
        }
    }

    #[test]
    fn a_retired_model_leads_to_ultra_where_ultra_takes_the_avatar() {
        let mut gone = failed_by("endpoint_gone");
        gone.order.endpoint = Route::FLUX_PRO_FINETUNED.endpoint().to_owned();
        assert_eq!(remedies(&gone, NOW), [UseUltra, Edit]);
    }

    #[test]
    fn a_refused_value_of_the_avatar_is_mended_there() {
        let failure = Failure {
            field: Some("avatar.lora_scale".into()),
            ..Failure::of(FailureKind::Validation, Charge::No)
        };
        assert_eq!(remedies(&failed(failure), NOW), [OpenAvatar, Edit]);
    }

    #[test]
    fn a_spent_budget_can_be_tried_again_once_there_is_a_new_one() {
        let spent = |retry_at| Failure {
            retry_at: Some(retry_at),
            ..Failure::of(FailureKind::DaySpent, Charge::No)
        };
        assert_eq!(remedies(&failed(spent(NOW + 1)), NOW), [Edit]);
        assert_eq!(remedies(&failed(spent(NOW)), NOW), [TryAgain, Edit]);
    }

    #[test]
    fn what_may_have_been_paid_for_is_repeated_by_a_press_only_once_nobody_can_tell() {
        let unknown = |inquiry| job(State::Unknown { inquiry });
        assert_eq!(remedies(&unknown(Inquiry::Open), NOW), [Edit]);
        assert_eq!(remedies(&unknown(Inquiry::Closed), NOW), [Repeat, Edit]);
        assert_eq!(remedies(&job(State::Unsent { offer: None }), NOW), [Send, Edit]);
    }

    #[test]
    fn refusals_are_the_same_if_reason_request_and_cost_are() {
        let (a, b) = (failed_by("rate_limited"), failed_by("rate_limited"));
        assert!(is_same_refusal(&a, &b));
        assert!(!is_same_refusal(&a, &failed_by("queue_full")));
        assert!(!is_same_refusal(
            &a,
            &failed(Failure::of(FailureKind::RateLimited, Charge::Maybe))
        ));
        let mut other = b;
        other.order.request = "{}".into();
        assert!(!is_same_refusal(&a, &other));
        assert!(!is_same_refusal(&job(State::Cancelled), &job(State::Cancelled)));
    }
}
