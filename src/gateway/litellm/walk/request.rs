//! One request through the router: retries, orders, weighted failover, fallbacks, cooldowns.
//!
//! The functions have the order and the conditions of LiteLLM's own (`router.py` of 1.106.2), with
//! their names in the comments, so that the two can be read side by side. Each state that LiteLLM
//! keeps in a request's keyword arguments is a field of [`Arguments`], copied where they are. Where
//! other releases do something else, a [`Change`] is asked for.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::source::Span;

use super::super::releases::Change;
use super::arguments::{Arguments, Target};
use super::gateway::{Gateway, Lists, Row, Strategy};
use super::lookup::chain_of;
use super::policies::Counts;
use super::resolve::Group;
use super::{HashMap, HashSet};

/// Calls after which a walk goes to no further name, on a release that does not remember what it
/// tried: two names that name each other double with each hop.
const MAX_CALLS: usize = 2000;

/// How a deployment fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Failure {
    /// 400 with a text that tells of a context that is too long.
    ContextWindow,
    /// 400 with a text that tells of a refused content.
    ContentPolicy,
    /// 429.
    RateLimit,
    /// 401.
    Authentication,
    /// No answer in time.
    Timeout,
    /// 500.
    Server,
    /// Nobody of the name can be asked now, or there is no such name.
    Nobody,
    /// There is no such name, and no deployment of that model: 400.
    Unknown,
}

impl Failure {
    /// The HTTP status as LiteLLM sees it.
    fn status(self) -> Option<u16> {
        match self {
            Failure::ContextWindow | Failure::ContentPolicy | Failure::Unknown => Some(400),
            Failure::RateLimit => Some(429),
            Failure::Authentication => Some(401),
            Failure::Timeout => Some(408),
            Failure::Server => Some(500),
            Failure::Nobody => None,
        }
    }

    /// `litellm.should_retry`.
    fn is_retried(self) -> bool {
        self.status().is_some_and(|status| matches!(status, 408 | 409 | 429) || status >= 500)
    }

    /// Errors that have lists of their own skip orders and the next member.
    fn has_own_list(self) -> bool {
        matches!(self, Failure::ContextWindow | Failure::ContentPolicy)
    }
}

/// A request that reached an upstream.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The deployment that was asked.
    pub row: Row,
    /// The model that was asked for, with LiteLLM's prefix.
    pub model: String,
    /// The name under which it was asked.
    pub group: String,
    /// Hops of fallbacks before it; a second member and a second order are hops too.
    pub hop: i64,
    /// The step of a list that led here; `None` at the name that was asked for.
    pub cause: Option<Span>,
    /// Who could have been asked instead, with their shares; they add up to one.
    pub choices: Vec<(Row, f64)>,
    /// How it failed; `None` when it answered.
    pub failure: Option<Failure>,
}

/// How a request ended, and every call that it made.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// In order.
    pub calls: Vec<Call>,
    /// What the client was told; `None` for an answer.
    pub failure: Option<Failure>,
}

/// Picks one of several choices: the index of one.
pub type Chooser<'c> = dyn FnMut(&[(Row, f64)]) -> usize + 'c;

/// Walks a request for a name. `world` says how a deployment fails, `chooser` who is picked where
/// LiteLLM picks at random. The router is fresh: nobody rests, nobody was asked before.
pub fn walk(
    gateway: &Gateway<'_>,
    name: &str,
    world: &dyn Fn(Row) -> Option<Failure>,
    chooser: &mut Chooser<'_>,
) -> Ended {
    if !gateway.is_let_through(name) {
        return Ended { calls: Vec::new(), failure: Some(Failure::Unknown) };
    }
    let mut request = Request {
        gateway,
        world,
        chooser,
        calls: Vec::new(),
        resting: HashSet::default(),
        failures: HashMap::default(),
        logged: false,
    };
    let ended = request.with_fallbacks(&Arguments::of(name));
    Ended { calls: request.calls, failure: ended.err().map(|error| error.failure) }
}

struct Request<'r, 'a> {
    gateway: &'r Gateway<'a>,
    world: &'r dyn Fn(Row) -> Option<Failure>,
    chooser: &'r mut Chooser<'r>,
    calls: Vec<Call>,
    /// Who is cooled down.
    resting: HashSet<Row>,
    failures: HashMap<Row, Counts>,
    /// `has_logged_async_failure`: the proxy has one logging object for a request, which tells of
    /// the first failure alone. Further ones are counted where a hop ends with them.
    logged: bool,
}

/// An exception on its way up.
#[derive(Debug, Clone, Copy)]
struct Error {
    failure: Failure,
    /// `failed_deployment_id`.
    row: Option<Row>,
    /// `num_retries` of the deployment.
    retries: Option<i64>,
}

impl Gateway<'_> {
    /// True when a walk of so many calls was not followed to its end.
    #[must_use]
    pub fn is_cut_at(&self, calls: usize) -> bool {
        calls >= MAX_CALLS && !self.changes.has(Change::AttemptsRemembered)
    }
}

impl<'a> Request<'_, 'a> {
    fn has(&self, change: Change) -> bool {
        self.gateway.changes.has(change)
    }

    /// `async_function_with_fallbacks`.
    fn with_fallbacks(&mut self, arguments: &Arguments) -> Result<(), Error> {
        match self.with_retries(arguments) {
            Ok(()) => Ok(()),
            Err(error) => self.after_failure(error, arguments),
        }
    }

    /// `async_function_with_fallbacks_common_utils`.
    fn after_failure(&mut self, error: Error, arguments: &Arguments) -> Result<(), Error> {
        let mut arguments = Cow::Borrowed(arguments);
        if arguments.attempted.is_none() && self.has(Change::AttemptsShared) {
            arguments.to_mut().attempted = Some(Rc::default());
        }
        let arguments = arguments.as_ref();
        let name = arguments.name.as_str();
        let groups = arguments.lookup_groups(self.gateway.changes);
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let rows = self.gateway.listed(name);
        let orders = self.orders(&rows);
        if orders.len() > 1 && !error.failure.has_own_list() {
            let tried = arguments.order.or(orders.first().copied()).unwrap_or(f64::MIN);
            let mut targets: Vec<(Target, Option<Span>)> = orders
                .iter()
                .filter(|order| **order > tried)
                .map(|order| (Target::Order(name.to_owned(), order.to_bits()), arguments.cause))
                .collect();
            targets.extend(self.targets(&self.gateway.fallbacks, &groups).unwrap_or_default());
            if !targets.is_empty() {
                return self.run_fallbacks(&targets, error, arguments);
            }
        }
        if self.gateway.weighted_failover
            && !error.failure.has_own_list()
            && self.next_member(error, arguments, &rows).is_some()
        {
            return Ok(());
        }
        let gateway = self.gateway;
        let own = match error.failure {
            Failure::ContextWindow => gateway.context_window.as_ref(),
            Failure::ContentPolicy => gateway.content_policy.as_ref(),
            Failure::RateLimit
            | Failure::Authentication
            | Failure::Timeout
            | Failure::Server
            | Failure::Nobody
            | Failure::Unknown => None,
        };
        // Targets that are no lists come before everything.
        let own = own.filter(|_| gateway.fallbacks.of_all.is_none());
        let Some(targets) = self.targets(own.unwrap_or(&gateway.fallbacks), &groups) else {
            return Err(error);
        };
        // Whatever the last of them said, the client hears of the first.
        self.run_fallbacks(&targets, error, arguments).map_err(|_| error)
    }

    /// The different orders of a name's members, lowest first.
    fn orders(&self, rows: &[Row]) -> Vec<f64> {
        let orders = rows.iter().filter_map(|row| self.gateway.deployments.get(*row)?.order);
        let mut orders: Vec<f64> = orders.collect();
        orders.sort_by(f64::total_cmp);
        orders.dedup();
        orders
    }

    fn targets(&self, lists: &Lists<'a>, groups: &[&str]) -> Option<Vec<(Target, Option<Span>)>> {
        let steps = chain_of(lists, groups, self.gateway.changes)?.iter();
        Some(steps.map(|step| (Target::Name(step.value.to_owned()), Some(step.span))).collect())
    }

    /// `_maybe_run_weighted_failover`: `None` when it did not answer.
    fn next_member(&mut self, error: Error, arguments: &Arguments, rows: &[Row]) -> Option<()> {
        if self.gateway.strategy_of(&arguments.name) != Strategy::Shuffle {
            return None;
        }
        let mut excluded = arguments.metadata.borrow().excluded.clone();
        excluded.insert(error.row?);
        let is_left = |row: &Row| !self.is_resting(*row) && !excluded.contains(&self.id(*row));
        if !rows.iter().any(is_left) {
            return None;
        }
        arguments.metadata.borrow_mut().excluded.clone_from(&excluded);
        let target = Target::Without(arguments.name.clone(), excluded);
        self.run_fallbacks(&[(target, arguments.cause)], error, arguments).ok()
    }

    /// `run_async_fallback`.
    fn run_fallbacks(
        &mut self,
        targets: &[(Target, Option<Span>)],
        error: Error,
        arguments: &Arguments,
    ) -> Result<(), Error> {
        let remembers = self.has(Change::AttemptsRemembered);
        if arguments.depth >= self.gateway.max_fallbacks || self.gateway.is_cut_at(self.calls.len())
        {
            return Err(error);
        }
        let skips = self.has(Change::TargetsSkipThemselves);
        let failed = Target::Name(arguments.name.clone());
        let attempted = arguments.attempted.clone().unwrap_or_default();
        attempted.borrow_mut().insert(failed.clone());
        let mut last = error;
        let mut next = Arguments { attempted: Some(attempted.clone()), ..arguments.clone() };
        for (target, cause) in targets {
            let again = !attempted.borrow_mut().insert(target.clone());
            // `{model: NAME}` is not NAME to Python.
            let same = *target == failed && (skips || self.gateway.fallbacks.of_all.is_none());
            if same || remembers && again {
                continue;
            }
            if self.has(Change::OrderKept) {
                next.order = None;
            }
            next.cause = *cause;
            match target {
                Target::Name(name) => next.name.clone_from(name),
                Target::Order(name, order) => {
                    next.name.clone_from(name);
                    next.order = Some(f64::from_bits(*order));
                }
                Target::Without(name, excluded) => {
                    next.name.clone_from(name);
                    next.excluded.clone_from(excluded);
                }
            }
            next.depth += 1;
            if self.has(Change::HopsApart) {
                let metadata = next.metadata.borrow().clone();
                next.metadata = Rc::new(RefCell::new(metadata));
            }
            next.metadata.borrow_mut().group.clone_from(&next.name);
            match self.with_fallbacks(&next) {
                Ok(()) => return Ok(()),
                Err(error) => last = error,
            }
            // `_trigger_cooldown_for_failed_deployment`.
            let counted = self.logged && self.has(Change::HopFailuresCounted);
            if let Some(row) = last.row.filter(|_| counted) {
                self.cool_down(row, last.failure, None);
            }
        }
        Err(last)
    }

    /// `async_function_with_retries`.
    fn with_retries(&mut self, arguments: &Arguments) -> Result<(), Error> {
        let mut skipped = BTreeSet::new();
        let Err(mut error) = self.call(arguments, &skipped) else { return Ok(()) };
        // What a policy says, it says whatever the error is and whoever is left.
        let policy = self.gateway.policy_retries(&arguments.name, error.failure);
        let retries = policy.or(error.retries).unwrap_or(self.gateway.retries);
        if policy.is_none() && !self.is_tried_again(error, arguments) || retries <= 0 {
            return Err(error);
        }
        for _ in 0..retries {
            // Who refused for good is not asked again, unless there is nobody else.
            if self.has(Change::RefusersSkipped)
                && !error.failure.is_retried()
                && error.failure.status().is_some()
            {
                skipped.extend(error.row);
            }
            match self.call(arguments, &skipped) {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
            if policy.is_none() && !self.is_tried_again(error, arguments) {
                return Err(error);
            }
        }
        Err(error)
    }

    /// `should_retry_this_error`.
    fn is_tried_again(&self, error: Error, arguments: &Arguments) -> bool {
        if self.gateway.routers.contains(arguments.name.as_str()) {
            return false;
        }
        let group = self.gateway.resolve(&arguments.name);
        let all = group.as_ref().map_or(0, |group| group.rows.len());
        let awake = group.map_or(0, |group| {
            let is_awake = |row: &&Row| !self.is_resting(**row) && !self.is_blocked(**row);
            group.rows.iter().filter(is_awake).count()
        });
        let final_status = error.failure.status().is_some() && !error.failure.is_retried();
        if final_status && error.failure != Failure::Authentication {
            return false;
        }
        if error.failure == Failure::Authentication && all <= 1 {
            return false;
        }
        awake > 0
    }

    fn id(&self, row: Row) -> Row {
        self.gateway.deployments.get(row).map_or(row, |deployment| deployment.id)
    }

    fn is_resting(&self, row: Row) -> bool {
        self.resting.contains(&self.id(row))
    }

    fn is_blocked(&self, row: Row) -> bool {
        self.gateway.deployments.get(row).is_some_and(|deployment| deployment.blocked)
    }

    /// Picks a deployment and asks it (`_acompletion`).
    fn call(&mut self, arguments: &Arguments, skipped: &BTreeSet<Row>) -> Result<(), Error> {
        let nobody = |failure| Error { failure, row: None, retries: None };
        let Some(group) = self.gateway.resolve(&arguments.name) else {
            // Told as a failure too, and the one log of the request is taken by it.
            self.logged = true;
            return Err(nobody(Failure::Unknown));
        };
        let rows = self.candidates(&group, arguments, skipped);
        let choices = self.shares(&rows, &arguments.name);
        if choices.is_empty() {
            self.logged = true;
            let is_limited = self.gateway.strategy_of(&arguments.name) == Strategy::Limited;
            let limited = is_limited && !rows.is_empty();
            return Err(nobody(if limited { Failure::RateLimit } else { Failure::Nobody }));
        }
        let chosen = if choices.len() == 1 { 0 } else { (self.chooser)(&choices) };
        let Some((row, _)) = choices.get(chosen).or(choices.first()).copied() else {
            return Err(nobody(Failure::Nobody));
        };
        let failure = (self.world)(row);
        let model = self.gateway.model_asked(&arguments.name, row, group.by_pattern).into_owned();
        let call = Call {
            row,
            model,
            group: arguments.name.clone(),
            hop: arguments.depth,
            cause: arguments.cause,
            choices,
            failure,
        };
        if failure.is_some_and(Failure::is_retried) {
            let times = self.gateway.deployments.get(row).map_or(0, |one| one.client_retries);
            let choices = vec![(row, 1.0)];
            self.calls.push(call.clone());
            self.calls
                .extend((0..times).map(|_| Call { choices: choices.clone(), ..call.clone() }));
        } else {
            self.calls.push(call);
        }
        let Some(failure) = failure else { return Ok(()) };
        if !std::mem::replace(&mut self.logged, true) {
            self.cool_down(self.id(row), failure, Some(&arguments.name));
        }
        let retries = self.gateway.deployments.get(row).and_then(|one| one.retries);
        Err(Error { failure, row: Some(self.id(row)), retries })
    }

    /// `async_get_healthy_deployments`, from the resting ones on.
    fn candidates(
        &self,
        group: &Group,
        arguments: &Arguments,
        skipped: &BTreeSet<Row>,
    ) -> Vec<Row> {
        let mut rows = group.rows.clone();
        rows.retain(|row| !self.is_resting(*row) && !self.is_blocked(*row));
        let order = |row: &Row| self.gateway.deployments.get(*row).and_then(|one| one.order);
        let lowest = rows.iter().filter_map(order).min_by(f64::total_cmp);
        let kept = self.has(Change::OrderKept);
        if let Some(wanted) = arguments.order.or(lowest)
            && (kept || rows.iter().any(|row| order(row) == Some(wanted)))
        {
            rows.retain(|row| order(row) == Some(wanted));
        }
        rows.retain(|row| !arguments.excluded.contains(&self.id(*row)));
        if rows.iter().any(|row| !skipped.contains(&self.id(*row))) {
            rows.retain(|row| !skipped.contains(&self.id(*row)));
        }
        rows
    }

    /// Who may be picked, and how often: `simple_shuffle`, or anybody.
    fn shares(&self, rows: &[Row], name: &str) -> Vec<(Row, f64)> {
        let even = |rows: &[Row]| {
            let share = 1.0 / f64::from(u32::try_from(rows.len()).unwrap_or(u32::MAX).max(1));
            rows.iter().map(|row| (*row, share)).collect()
        };
        match self.gateway.strategy_of(name) {
            Strategy::Shuffle => {}
            Strategy::Measured => return even(rows),
            Strategy::Limited => {
                let is_free = |row: &&Row| !self.is_at_its_limit(**row);
                return even(&rows.iter().filter(is_free).copied().collect::<Vec<Row>>());
            }
        }
        for unit in 0..3 {
            let said = |row: &Row| {
                let deployment = self.gateway.deployments.get(*row);
                deployment.and_then(|one| one.shares.get(unit)).copied().flatten()
            };
            if !self.has(Change::WeightOfAny) && rows.first().and_then(said).is_none() {
                continue;
            }
            let share = |row: &Row| said(row).unwrap_or(0.0).max(0.0);
            let total: f64 = rows.iter().map(share).sum();
            if total > 0.0 {
                let all = rows.iter().map(|row| (*row, share(row) / total));
                return all.filter(|(_, share)| *share > 0.0).collect();
            }
        }
        even(rows)
    }

    /// Whether a deployment was asked in this request as often as its `rpm` allows in a minute.
    fn is_at_its_limit(&self, row: Row) -> bool {
        let limit = self.gateway.deployments.get(row).map_or(0.0, |one| one.rpm);
        let asked = self.calls.iter().filter(|call| self.id(call.row) == self.id(row)).count();
        limit > 0.0 && f64::from(u32::try_from(asked).unwrap_or(u32::MAX)) >= limit
    }

    /// Counts a failure; whoever fails too often is left alone for the rest of the request.
    fn cool_down(&mut self, row: Row, failure: Failure, asked: Option<&str>) {
        let counts = self.failures.entry(row).or_default();
        if self.gateway.rests(row, failure, asked, counts) {
            self.resting.insert(row);
        }
    }
}
