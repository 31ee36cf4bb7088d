//! Terms of the report.

use maud::{html, Markup};

const TERMS: [(&str, &str); 27] = [
    ("ADL, auto-deleveraging", "Closing winners' positions at the bankrupt account's bankruptcy price to cover its loss: usually those first who gained most with most leverage."),
    ("AIC", "Akaike's information criterion: how well a model fits, less a penalty for each parameter. Lower is better."),
    ("Allowance", "How much one market may draw from the insurance fund within a window of time."),
    ("Anderson–Darling", "A measure of the distance between returns and a model that gives weight to the tails."),
    ("Bankruptcy", "An account whose equity is below zero. What it owes and can't pay is its deficit."),
    ("Betweenness", "What part of the shortest paths between others in a network leads through a node."),
    ("Clamp", "How far the effective price of a market may move in a second."),
    ("Deficit", "What bankrupt accounts owed and could not pay."),
    ("DebtRank", "The part of all equity that the default of an account takes from others, directly and through them (Battiston et al. 2012)."),
    ("Eigenvector centrality", "How large a node of a network is among large ones."),
    ("Expected shortfall", "The mean loss in the worst histories: those beyond the value at risk."),
    ("Gini coefficient", "How unequal a burden is: 0 if everybody gives the same part, 1 if one gives everything."),
    ("Haircut", "What a holder's gain is cut by to share a loss."),
    ("Herfindahl index", "The sum of the squares of holders' parts: 1 for one holder, 1/n for n equal ones."),
    ("Hill index", "How fast a tail falls off, as a power. The smaller, the heavier: under 2 variance has no limit."),
    ("History", "One simulated run: prices, people and chances drawn from one number of the seed's sequence."),
    ("Insurance fund", "Money of the protocol and of stakers that pays losses before holders do."),
    ("Keeper", "Anyone who liquidates, deleverages and resolves for a reward. The keeper window is how long that may take."),
    ("Kolmogorov–Smirnov (KS)", "The largest distance between the distribution of returns and a model's; its p-value is the chance of such a distance if the model were true: too high by the test's table where the model was fitted to the same returns, right by the bootstrap."),
    ("Loss index", "Jettison's rule: what each contract of a side has been charged for losses so far. It only rises; who holds when it rises pays."),
    ("Open interest", "The contracts open in a market. Amounts and parts of it count both sides, the longs' and the shorts', everywhere here."),
    ("Outage", "Seconds in which nothing of the keepers' lands, once in a history: as when a chain is full just when prices run."),
    ("Overshoot", "What holders lost beyond what was needed to cover a loss."),
    ("Pro rata", "In proportion: everybody gives the same part of what they have. Capped: nobody gives more than their gain, and the others make up for it."),
    ("Surplus", "Claims that earlier bankrupt accounts forfeited: spent first."),
    ("Uncovered loss", "A loss when nobody was left on the other side to bear it."),
    ("Value at risk (VaR)", "The loss that is exceeded with a chance of one minus its level: at 99 %, in one history of a hundred."),
];

/// The glossary.
pub(super) fn glossary() -> Markup {
    html! {
        section #glossary {
            h2 { "Glossary" }
            dl.glossary { @for (term, meaning) in TERMS { dt { (term) } dd { (meaning) } } }
        }
    }
}
