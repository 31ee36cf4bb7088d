//! Errors of models, of what ties them together, and of paths.

use thiserror::Error;

use crate::series::SeriesError;

/// Why a model can't be used, or fitted.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ModelError {
    /// A parameter outside of what the model allows.
    #[error("{model}: {parameter} is {value}, and must be {requirement}")]
    Parameter {
        /// The model, as configurations name it.
        model: &'static str,
        /// The parameter, or the sum of parameters.
        parameter: &'static str,
        /// What it is.
        value: f64,
        /// What it must be.
        requirement: &'static str,
    },
    /// Rows of a file that aren't there.
    #[error("{model}: there are no returns; fit the model to a price file")]
    NoReturns {
        /// The model, as configurations name it.
        model: &'static str,
    },
    /// A return that isn't a number.
    #[error("{model}: return {index} is {value}; returns must be finite")]
    Return {
        /// The model, as configurations name it.
        model: &'static str,
        /// Which, counted from zero.
        index: usize,
        /// What it is.
        value: f64,
    },
    /// Too little data for the number of parameters.
    #[error("{model}: {found} returns are too few to fit it; it takes {least}")]
    TooFew {
        /// The model, as configurations name it.
        model: &'static str,
        /// How many there are.
        found: usize,
        /// How many it takes.
        least: usize,
    },
    /// Too few large moves to say how they cluster.
    #[error("{model}: {found} moves beyond the threshold are too few to fit it; it takes {least}")]
    TooFewEvents {
        /// The model, as configurations name it.
        model: &'static str,
        /// How many there are.
        found: usize,
        /// How many it takes.
        least: usize,
    },
    /// So many steps without a move that no threshold can be told.
    #[error(
        "{model}: a part {part} of steps has no move at all, so there is no threshold; take longer steps"
    )]
    NoMoves {
        /// The model, as configurations name it.
        model: &'static str,
        /// The part asked for.
        part: f64,
    },
    /// Prices that never moved.
    #[error("{model}: all returns are the same, so there is nothing to fit")]
    Constant {
        /// The model, as configurations name it.
        model: &'static str,
    },
    /// The search for the best parameters failed.
    #[error("{model}: the likelihood could not be maximised: {why}")]
    Search {
        /// The model, as configurations name it.
        model: &'static str,
        /// What the optimiser said.
        why: String,
    },
}

/// Why several markets can't be tied together.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CopulaError {
    /// Not a square matrix of at least one row.
    #[error("correlation: row {row} has {found} entries where the matrix has {expected} rows")]
    NotSquare {
        /// The row, counted from zero.
        row: usize,
        /// Its entries.
        found: usize,
        /// The matrix's rows.
        expected: usize,
    },
    /// An entry that isn't a correlation.
    #[error("correlation: entry ({row}, {column}) is {value}; it must be from -1 to 1")]
    Entry {
        /// The row, counted from zero.
        row: usize,
        /// The column, counted from zero.
        column: usize,
        /// What it is.
        value: f64,
    },
    /// A market that doesn't move with itself.
    #[error("correlation: entry ({row}, {row}) is {value}; the diagonal must be 1")]
    Diagonal {
        /// The row, counted from zero.
        row: usize,
        /// What it is.
        value: f64,
    },
    /// The matrix says two things of one pair.
    #[error("correlation: entry ({row}, {column}) is {value}, and {mirrored} across the diagonal; they must be equal")]
    NotSymmetric {
        /// The row, counted from zero.
        row: usize,
        /// The column, counted from zero.
        column: usize,
        /// What it is.
        value: f64,
        /// What its mirror image is.
        mirrored: f64,
    },
    /// Correlations that no returns can have together.
    #[error("correlation: the matrix isn't positive definite, so no returns can have it; bring its entries nearer to zero")]
    NotPositiveDefinite,
    /// Degrees of freedom of the t-copula.
    #[error("student_t copula: nu is {0}, and must be from 0.1 to 1e6")]
    Nu(f64),
    /// As many rows of the matrix as markets.
    #[error("the correlation matrix is of {matrix} markets, and there are {markets}")]
    Size {
        /// The matrix's rows.
        matrix: usize,
        /// The markets.
        markets: usize,
    },
    /// A part of steps that can't be extreme.
    #[error("the part of steps that counts as extreme is {0}, and must be above 0 and at most 0.5")]
    Part(f64),
    /// Columns that can't be fitted together.
    #[error("a copula takes columns of numbers, all as long, of at least {least} rows; column {column} has {found}, or NaN")]
    Columns {
        /// The column, counted from zero.
        column: usize,
        /// Its rows.
        found: usize,
        /// The rows that it takes.
        least: usize,
    },
    /// The search for the best degrees of freedom failed.
    #[error("student_t copula: the likelihood could not be maximised: {0}")]
    Search(String),
}

/// Why paths can't be drawn.
#[derive(Debug, Error)]
pub enum PathError {
    /// No markets.
    #[error("there are no markets to draw paths for")]
    NoMarkets,
    /// A market named twice, or without a name.
    #[error("market {0:?} is empty or repeated")]
    Market(String),
    /// A pair that a configuration gives a model for, and that isn't in the file.
    #[error("there is a model for {pair:?}, which isn't among the markets {available}")]
    NoSuchMarket {
        /// The pair.
        pair: String,
        /// The markets.
        available: String,
    },
    /// A start price that isn't one.
    #[error("{pair}: the start price is {value}; it must be above zero")]
    StartPrice {
        /// The pair.
        pair: String,
        /// What it is.
        value: f64,
    },
    /// A number of the path that can't be used.
    #[error("{field} is {value}, and must be {requirement}")]
    Field {
        /// The field.
        field: &'static str,
        /// What it is.
        value: f64,
        /// What it must be.
        requirement: &'static str,
    },
    /// A market's model.
    #[error("{pair}: {error}")]
    Model {
        /// The pair.
        pair: String,
        /// Why.
        error: ModelError,
    },
    /// Rows of a file beside models that aren't rows of a file.
    #[error("{kind} draws whole rows of the file, so all markets must have it, with as many returns; {pair} differs")]
    MixedRows {
        /// `bootstrap` or `replay`.
        kind: &'static str,
        /// A market that has something else.
        pair: String,
    },
    /// Two bootstraps that would be drawn in different blocks.
    #[error(
        "{pair}: mean_block differs from the first market's; whole rows are drawn, so all must have the same"
    )]
    MixedBlocks {
        /// A market that has something else.
        pair: String,
    },
    /// A replay that would have to go on after its end.
    #[error("{steps} steps are asked for, and the file has {available}")]
    ReplayTooShort {
        /// The steps asked for.
        steps: usize,
        /// The returns in the file.
        available: usize,
    },
    /// What ties the markets together.
    #[error(transparent)]
    Copula(#[from] CopulaError),
    /// The price file.
    #[error(transparent)]
    Series(#[from] SeriesError),
}
