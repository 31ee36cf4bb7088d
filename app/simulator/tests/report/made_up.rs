//! A report of a small study, of made-up prices and waves.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use jettison_paths::{PriceSeries, ReadOptions};
use jettison_simulator::output::{FileHash, Fit, Run, Shard};
use jettison_simulator::report::{MarketReturns, Report};
use jettison_simulator::study::{Rows, Study, Summary};
use jettison_simulator::waves::{self, Model, Sources, WaveStudy};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StudentT};
use serde_json::json;

use crate::common::spec;

/// Ten minutes of two pairs with heavy tails.
pub fn series() -> PriceSeries {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let heavy = StudentT::new(3.0).expect("three degrees of freedom");
    let (mut first, mut second) = (25.0, 0.2);
    let mut text = "time_utc,AAA-USD,BBB-USD\n".to_owned();
    for second_of_day in 0..600 {
        text += &format!(
            "2025-10-10T21:{:02}:{:02}Z,{first:.6},{second:.8}\n",
            second_of_day / 60,
            second_of_day % 60
        );
        let both: f64 = heavy.sample(&mut random);
        let own: f64 = heavy.sample(&mut random);
        first *= f64::exp(0.0006 * both - 0.0003);
        second *= f64::exp(0.0005 * both + 0.0004 * own - 0.0004);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("prices.csv");
    fs::write(&path, text).expect("a file");
    PriceSeries::read(&path, ReadOptions::default()).expect("a price file")
}

fn waves() -> WaveStudy {
    const TABLE: &str = "\
wave,t_start_ms,t_end_ms,t_eval_end_ms,deficit_usd,max_loss_usd,budget_needed_usd,budget_prod_usd,\
overshoot_prod_minus_needed_usd,max_prod_haircut_usd,winners_equity_start_usd,winners_pnl_start_usd,\
theta_prod,theta_prod_capped,theta_needed,theta_needed_capped,H_star_equity,H_star_pnl
1,1000,2000,2000,1000,600,400,100,-300,60,2000,500,0.1,0.1,0.4,0.4,400,400
3,8000,8000,9000,200,200,300,900,600,900,5000,250,4.5,1,1.5,1,300,250
";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("waves.csv");
    fs::write(&path, TABLE).expect("a file");
    let sources = Sources { waves: path, policies: None, shocks: None };
    let model = Model { winners: 50, ..Model::default() };
    waves::study(&sources, Some(&model)).expect("a study of waves")
}

/// The summary of the small study, played once for all tests.
pub fn summary() -> Summary {
    static PLAYED: OnceLock<Summary> = OnceLock::new();
    let play = || {
        let study = Study::new(spec()).expect("a study");
        let rows = study.run(Shard::WHOLE, &|| ()).expect("rows");
        let rows = Rows::merge(&study, [rows]).expect("the whole");
        Summary::of(&study, &rows, Some(&series())).expect("a summary")
    };
    PLAYED.get_or_init(play).clone()
}

pub fn run() -> Run {
    let file = FileHash { file: "prices.csv".into(), bytes: 12_345, blake3: "ab".repeat(32) };
    Run {
        version: "0.1.0".into(),
        study: "study".into(),
        command: vec!["study".into(), "--seed".into(), "7".into()],
        seed: 7,
        parameters: json!({"histories": 6, "note": "</script><b>&"}),
        fits: vec![Fit { pair: "AAA-USD".into(), model: "student_t".into(), parameters: json!({"nu": 3.0}) }],
        inputs: vec![file],
        tables: std::collections::BTreeMap::new(),
        shard: Shard::WHOLE,
        histories_from: 0,
        histories_to: 6,
    }
}

/// A report with everything in it.
pub fn full() -> Report {
    let mut report = Report::new("How losses would fall", "A small study of made-up prices", run());
    report.study = Some(summary());
    report.waves = Some(waves());
    report.returns = MarketReturns::of_series(&series(), 1, 7).expect("models of returns");
    report.files = vec![FileHash { file: "rules.parquet".into(), bytes: 4_096, blake3: "cd".repeat(32) }];
    report.notes = vec!["A note of its own.".into()];
    report.limits = vec!["A limit of its own.".into()];
    report
}

/// Where the page is left for whoever wants to look at it.
pub fn leave(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, page).expect("a page");
    eprintln!("the page is {}", path.display());
}
