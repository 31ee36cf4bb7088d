//! Maximum likelihood by Nelder and Mead's simplex (1965), on parameters made free of bounds.

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;

/// Evaluations that tell apart a search that converged from one that wanders.
const MAX_ITERATIONS: u64 = 3_000;

/// Costs of a simplex nearer together than this are the same: log-likelihoods differ by far more where it matters.
const TOLERANCE: f64 = 1e-7;

/// What a point costs that has no likelihood.
const FORBIDDEN: f64 = 1e100;

struct Objective<F>(F);

impl<F: Fn(&[f64]) -> f64> CostFunction for Objective<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> Result<f64, Error> {
        let cost = (self.0)(point);
        Ok(if cost.is_finite() { cost.min(FORBIDDEN) } else { FORBIDDEN })
    }
}

/// The point of the least cost that is found from several starts, and its cost.
///
/// A simplex can collapse short of the least cost, so each search is started again from where it ended. The first start
/// wins a tie.
pub(crate) fn minimise(cost: impl Fn(&[f64]) -> f64, starts: &[Vec<f64>]) -> Result<(Vec<f64>, f64), String> {
    let mut best: Option<(Vec<f64>, f64)> = None;
    for start in starts {
        let (rough, _) = search(&cost, start, 0.5)?;
        let found = search(&cost, &rough, 0.1)?;
        if best.as_ref().is_none_or(|(_, cost)| found.1 < *cost) {
            best = Some(found);
        }
    }
    match best {
        Some(found) if found.1 < FORBIDDEN => Ok(found),
        _ => Err("no start has a likelihood".to_owned()),
    }
}

/// One search from a simplex around `start`.
fn search(cost: &impl Fn(&[f64]) -> f64, start: &[f64], width: f64) -> Result<(Vec<f64>, f64), String> {
    let mut simplex = vec![start.to_vec()];
    for axis in 0..start.len() {
        let mut corner = start.to_vec();
        corner[axis] += width;
        simplex.push(corner);
    }
    let solver = NelderMead::new(simplex).with_sd_tolerance(TOLERANCE).map_err(|error| error.to_string())?;
    let result = Executor::new(Objective(cost), solver)
        .configure(|state| state.max_iters(MAX_ITERATIONS))
        .timer(false)
        .run()
        .map_err(|error| error.to_string())?;
    let state = result.state();
    let point = state.get_best_param().ok_or("the search found no point")?;
    Ok((point.clone(), state.get_best_cost()))
}

/// A parameter between two bounds, and the free number that stands for it in a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Between {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Between {
    /// Even steps of the free number are even steps of the parameter, far from the bounds.
    pub const fn linear(low: f64, high: f64) -> Self {
        Self { low, high, logarithmic: false }
    }

    /// Even steps of the free number are even factors of the parameter, far from the bounds, which are above zero.
    pub const fn logarithmic(low: f64, high: f64) -> Self {
        Self { low, high, logarithmic: true }
    }

    fn ends(self) -> (f64, f64) {
        if self.logarithmic {
            (self.low.ln(), self.high.ln())
        } else {
            (self.low, self.high)
        }
    }

    /// The parameter that a free number stands for.
    pub fn value(self, free: f64) -> f64 {
        let (low, high) = self.ends();
        let inner = low + (high - low) / (1.0 + (-free).exp());
        if self.logarithmic {
            inner.exp()
        } else {
            inner
        }
    }

    /// The free number that stands for a parameter; one outside of the bounds is moved inside.
    pub fn free(self, value: f64) -> f64 {
        let (low, high) = self.ends();
        let inner = if self.logarithmic { value.ln() } else { value };
        let part = ((inner - low) / (high - low)).clamp(0.001, 0.999);
        (part / (1.0 - part)).ln()
    }

    /// Whether an estimate sits at the lower bound, where the data want less than is allowed.
    pub fn is_low(self, value: f64) -> bool {
        self.part(value) < 0.005
    }

    /// Whether an estimate sits at the upper bound.
    pub fn is_high(self, value: f64) -> bool {
        self.part(value) > 0.995
    }

    fn part(self, value: f64) -> f64 {
        let (low, high) = self.ends();
        ((if self.logarithmic { value.ln() } else { value }) - low) / (high - low)
    }
}
