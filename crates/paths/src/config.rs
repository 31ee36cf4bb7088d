//! What a configuration says of paths: models and a copula to be fitted to a file, or given with their parameters.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::dependence::{Copula, CopulaFit, CopulaKind};
use crate::error::{ModelError, PathError};
use crate::judge::VarianceRatio;
use crate::model::{Bootstrap, Fit, Hawkes, HawkesOptions, Model, ModelKind};
use crate::path::{MarketSpec, PathSpec, Stress};
use crate::series::PriceSeries;

/// Something by name, to be fitted to the file; or as it is, a table with all parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Choice<K, G> {
    /// To be fitted.
    Fit(K),
    /// As it is.
    Given(G),
}

/// What a configuration says of paths. What it leaves out is fitted to the price file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PathConfig {
    /// Seconds of a step; 5 unless said otherwise.
    pub step_seconds: u32,
    /// Steps of a fitted bootstrap's block on average; 60 unless said otherwise.
    pub mean_block: f64,
    /// What of a fit of self-exciting jumps isn't chosen by the likelihood.
    pub hawkes: HawkesOptions,
    /// The model of all markets that `models` doesn't name; `bootstrap` unless said otherwise.
    pub model: Choice<ModelKind, Model>,
    /// How markets move together; `student_t` unless said otherwise.
    pub copula: Choice<CopulaKind, Copula>,
    /// What is made worse than the models say.
    pub stress: Stress,
    /// Models of single markets, by pair.
    pub models: BTreeMap<String, Choice<ModelKind, Model>>,
}

impl Default for PathConfig {
    /// Blocks of five minutes of the file: they keep what fitted models lose, how markets fall together and prices bounce.
    fn default() -> Self {
        Self {
            step_seconds: 5,
            model: Choice::Fit(ModelKind::Bootstrap),
            copula: Choice::Fit(CopulaKind::StudentT),
            mean_block: 60.0,
            hawkes: HawkesOptions::default(),
            stress: Stress::default(),
            models: BTreeMap::new(),
        }
    }
}

/// Paths as a configuration and a file make them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathFit {
    /// What to draw from.
    pub spec: PathSpec,
    /// How the copula was fitted, if it was.
    pub copula: Option<CopulaFit>,
    /// What to distrust, each with its market.
    pub notes: Vec<String>,
}

impl PathConfig {
    /// Fits what is to be fitted. All markets of the file take part, and start at its first prices.
    ///
    /// # Errors
    /// [`PathError`], with the market whose model can't be fitted.
    pub fn fit(&self, series: &PriceSeries) -> Result<PathFit, PathError> {
        if let Some(pair) = self.models.keys().find(|pair| !series.pairs.contains(pair)) {
            return Err(PathError::NoSuchMarket { pair: pair.clone(), available: series.pairs.join(", ") });
        }
        let returns = series.log_returns(self.step_seconds)?;
        let start_prices = series.sampled(self.step_seconds).swap_remove(0);
        let (mut markets, mut notes, mut scores) = (vec![], vec![], vec![]);
        for ((pair, returns), start_price) in series.pairs.iter().zip(&returns.columns).zip(start_prices) {
            let named = |error| PathError::Model { pair: pair.clone(), error };
            let choice = self.models.get(pair).unwrap_or(&self.model);
            let (model, doubts) = self.model_of(choice, returns).map_err(named)?;
            notes.extend(doubts.into_iter().map(|doubt| format!("{pair}: {}: {doubt}", model.kind().name())));
            // Rows of a file hold what order the file has.
            let bounces = VarianceRatio::doubt(returns).filter(|_| model.rows().is_none());
            notes.extend(bounces.map(|doubt| format!("{pair}: {doubt}")));
            scores.extend(model.probabilities(returns).map(|of| of.iter().map(|p| p.score()).collect()));
            markets.push(MarketSpec { pair: pair.clone(), start_price, model });
        }
        // A single market has nothing to be tied to, and rows of a file are tied as they are.
        let tied = markets.len() > 1 && scores.len() == markets.len();
        let copula = self.copula_of(tied, &scores)?;
        notes.extend(copula.notes.iter().map(|doubt| format!("copula: {doubt}")));
        let spec = PathSpec {
            step_seconds: self.step_seconds,
            copula: copula.copula.clone(),
            stress: self.stress,
            markets,
        };
        let copula = (tied && matches!(self.copula, Choice::Fit(_))).then_some(copula);
        Ok(PathFit { spec, copula, notes })
    }

    fn model_of(
        &self,
        choice: &Choice<ModelKind, Model>,
        returns: &[f64],
    ) -> Result<(Model, Vec<String>), ModelError> {
        let Fit { model, notes } = match choice {
            Choice::Given(model) => Fit { model: model.clone(), notes: vec![] },
            Choice::Fit(ModelKind::Hawkes) => Hawkes::fit(returns, self.hawkes)?.into_model(Model::Hawkes),
            Choice::Fit(ModelKind::Bootstrap) => {
                let mut fit = Bootstrap::fit(returns)?;
                fit.model.mean_block = self.mean_block;
                fit.into_model(Model::Bootstrap)
            }
            Choice::Fit(kind) => Model::fit(*kind, returns)?,
        };
        model.validate()?;
        Ok((model, notes))
    }

    fn copula_of(&self, tied: bool, scores: &[Vec<f64>]) -> Result<CopulaFit, PathError> {
        let (kind, given) = match &self.copula {
            Choice::Fit(kind) if tied => (*kind, None),
            Choice::Given(copula) if tied => (CopulaKind::Independent, Some(copula.clone())),
            _ => (CopulaKind::Independent, None),
        };
        let mut fit = Copula::fit(kind, scores)?;
        fit.copula = given.unwrap_or(fit.copula);
        Ok(fit)
    }
}

impl<'de, K: Deserialize<'de>, G: Deserialize<'de>> Deserialize<'de> for Choice<K, G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChoiceVisitor(PhantomData))
    }
}

/// Tells a name from a table, so that errors are about the one that is meant.
struct ChoiceVisitor<K, G>(PhantomData<(K, G)>);

impl<'de, K: Deserialize<'de>, G: Deserialize<'de>> Visitor<'de> for ChoiceVisitor<K, G> {
    type Value = Choice<K, G>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a name, to be fitted to the file, or a table with all parameters")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        K::deserialize(StrDeserializer::new(name)).map(Choice::Fit)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        G::deserialize(MapAccessDeserializer::new(map)).map(Choice::Given)
    }
}
