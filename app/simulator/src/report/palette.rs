//! Colours that colour-blind people can tell apart, by Okabe and Ito (2008), and names for people.

/// Blue.
pub const BLUE: &str = "#0072B2";
/// Vermilion.
pub const VERMILION: &str = "#D55E00";
/// Bluish green.
pub const GREEN: &str = "#009E73";
/// Sky blue.
pub const SKY: &str = "#56B4E9";
/// Orange.
pub const ORANGE: &str = "#E69F00";
/// Reddish purple.
pub const PURPLE: &str = "#CC79A7";
/// Grey.
pub const GREY: &str = "#8A8F98";
/// Nearly black.
pub const INK: &str = "#1F2430";

/// Colours for series that have none of their own.
pub const SERIES: [&str; 7] = [BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, GREY];

/// The colour of a sharing rule, by its name in tables: the same in every chart.
pub fn rule_color(rule: &str) -> &'static str {
    match rule {
        "index" => BLUE,
        "queue" => VERMILION,
        "equity" | "pro_rata" => GREEN,
        "capped" => SKY,
        "withdrawal_haircut" => ORANGE,
        "none" => GREY,
        _ => PURPLE,
    }
}

/// A sharing rule's name for people.
pub fn rule_label(rule: &str) -> String {
    match rule {
        "index" => "Loss index (Jettison)",
        "queue" => "Auto-deleveraging queue",
        "equity" | "pro_rata" => "Pro rata to equity",
        "pro_rata_gain" | "gain" => "Pro rata to gain",
        "capped" => "Capped pro rata",
        "withdrawal_haircut" => "Withdrawal haircut",
        "none" => "No sharing",
        other => return plain(other),
    }
    .to_owned()
}

/// The same within a sentence: under the loss index.
pub fn rule_phrase(rule: &str) -> String {
    match rule {
        "index" => "the loss index".to_owned(),
        "queue" => "the auto-deleveraging queue".to_owned(),
        "withdrawal_haircut" => "a withdrawal haircut".to_owned(),
        other => rule_label(other).to_lowercase(),
    }
}

/// A price model's name for people.
pub fn model_label(model: &str) -> String {
    match model {
        "gaussian" | "normal" => "Normal",
        "student_t" | "student" => "Student-t",
        "jump_diffusion" => "Jump diffusion",
        "garch" => "GARCH",
        "garch_t" => "GARCH with Student-t",
        "hawkes" => "Self-exciting jumps (Hawkes)",
        "bootstrap" => "Block bootstrap",
        "replay" => "Replay",
        other => return plain(other),
    }
    .to_owned()
}

/// A name in a table as words: `open_interest` is Open interest.
pub fn plain(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}
