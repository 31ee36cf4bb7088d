//! A small set of tables, worked out by hand.

use std::fs;

use jettison_simulator::waves::{study, Sources};
use tempfile::TempDir;

pub const WAVES: &str = "\
wave,t_start_ms,t_end_ms,t_eval_end_ms,deficit_usd,max_loss_usd,budget_needed_usd,budget_prod_usd,\
overshoot_prod_minus_needed_usd,max_prod_haircut_usd,winners_equity_start_usd,winners_pnl_start_usd,\
theta_prod,theta_prod_capped,theta_needed,theta_needed_capped,H_star_equity,H_star_pnl
1,1000,2000,2000,1000,600,400,100,-300,60,2000,500,0.1,0.1,0.4,0.4,400,400
3,8000,8000,9000,200,200,300,900,600,900,5000,250,4.5,1,1.5,1,300,250
";

pub const SHOCKS: &str = "\
coin,cluster_id,t_start,t_end,deficit_usd,total_capacity_usd,budget_queue_usd,overshoot_queue_usd,residual_queue_usd
AAA,1,1970-01-01 00:00:01.500+00:00,1970-01-01 00:00:01.600+00:00,100,50,40,0,60
AAA,2,1970-01-01 00:00:05+00:00,1970-01-01 00:00:06+00:00,10,500,400,390,0
BBB,1,1970-01-01 00:00:08+00:00,1970-01-01 00:00:08+00:00,200,1000,900,700,0
";

/// The two waves under seven policies; capacities 800 and 600. The winner with most has half the capacity, and the ratios are
/// those of what pro rata leaves: 200 of the first wave's 400, 150 of the second's 300.
pub fn policies() -> String {
    let names = ["prod", "pr", "pnl_pr", "eq_pr", "vector", "contract_pr", "fixed_point_ilp_integer"];
    let mut header = ["wave", "t_start", "t_end", "budget_needed"].join(",");
    for measure in ["budget", "overshoot", "max_pct", "ptsr", "rd_nse", "pmr"] {
        for name in names {
            header += &format!(",{measure}_{name}");
        }
    }
    header += ",total_cap,budget_target,fixed_point_ilp_scale,deficit_usd,max_loss_usd,theta_prod_capped,theta_needed_capped\n";
    let row = |wave, times, needed: f64, budgets: [f64; 7], parts: [f64; 7], rest: [&str; 3], end: &str| {
        let list = |values: [f64; 7]| values.map(|value| value.to_string()).join(",");
        let ratios = rest.map(|value| format!("{},{}", "", [value; 6].join(","))).join(",");
        let over = budgets.map(|budget| budget - needed);
        format!("{wave},{times},{needed},{},{},{},{ratios},{end}\n", list(budgets), list(over), list(parts))
    };
    let first = row(
        1,
        "1970-01-01 00:00:01+00:00,1970-01-01 00:00:02+00:00",
        400.0,
        [100.0, 400.0, 400.0, 400.0, 400.0, 400.0, 400.0],
        [1.0, 0.5, 0.6, 0.2, 0.3, 0.3, 0.25],
        // 200 / (1000 − 400), 200 / (200 + 600), 200 / (0.6 × 600).
        ["0.3333333333333333", "0.25", "0.5555555555555556"],
        "800,400,1,1000,600,0.1,0.4",
    );
    let second = row(
        3,
        "1970-01-01 00:00:08+00:00,1970-01-01 00:00:08+00:00",
        300.0,
        [900.0, 300.0, 300.0, 300.0, 300.0, 300.0, 300.0],
        [1.0, 0.4, 0.4, 0.1, 0.3, 0.3, 0.25],
        // Nothing of the deficit of 200 is left: only 150 / (150 − 100) is given.
        ["", "3", ""],
        "600,300,1,200,200,1,1",
    );
    header + &first + &second
}

/// Files in a folder that lives as long as this.
pub struct Tables(TempDir);

impl Tables {
    pub fn new(waves: &str, policies: &str, shocks: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        for (name, text) in [("waves.csv", waves), ("policies.csv", policies), ("shocks.csv", shocks)] {
            fs::write(folder.path().join(name), text).expect("a file in it");
        }
        Self(folder)
    }

    pub fn sources(&self) -> Sources {
        let file = |name: &str| self.0.path().join(name);
        Sources {
            waves: file("waves.csv"),
            policies: Some(file("policies.csv")),
            shocks: Some(file("shocks.csv")),
        }
    }

    /// What is wrong with them, with the names of the files alone.
    pub fn error(&self) -> String {
        let error = study(&self.sources(), None).map(|_| ()).expect_err("the tables are bad").to_string();
        error.replace(&format!("{}/", self.0.path().display()), "")
    }
}
