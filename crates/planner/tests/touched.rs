//! A price tick touches the accounts that cross, and few others.

// The benchmark uses the rest of it.
#[allow(dead_code)]
mod scene;

use scene::{Scene, MARKETS};

#[test]
fn a_tick_touches_about_as_many_accounts_as_cross() {
    let mut scene = Scene::new(20_000);
    let fall = scene.fall_for(0, 10);
    let before = (scene.tick(0, 1_000_000), scene.book.looks());
    let crossed = scene.tick(0, fall) - before.0;
    let touched = scene.book.looks().touched - before.1.touched;
    assert_eq!(scene.tick(0, fall), scene.scan());
    assert!(crossed >= 20, "{crossed} crossed");
    assert!(touched <= 2 * crossed as u64, "{touched} touched, {crossed} crossed");
}

#[test]
fn a_thousand_ticks_touch_less_than_three_scans_would() {
    let mut scene = Scene::new(20_000);
    let mut levels = [1_000_000u64; MARKETS];
    let before = scene.book.looks();
    let (mut rescued, mut random) = (0, 1u64);
    for tick in 0..1_000 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let market = tick % MARKETS;
        levels[market] = (levels[market] + (random >> 33) % 10_001 - 5_000).clamp(965_000, 1_035_000);
        scene.tick(market, levels[market]);
        rescued += scene.rescue(usize::MAX);
    }
    let after = scene.book.looks();
    assert_eq!(scene.scan(), 0);
    assert_eq!(after.missed, 0);
    let touched = after.touched - before.touched;
    println!("{touched} touched, {rescued} fell into need");
    assert!(rescued > 100, "{rescued} accounts fell into need");
    assert!(touched < 60_000, "{touched} accounts touched, {rescued} fell into need");
}
