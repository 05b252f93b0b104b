//! How cost grows with the input, for every shape that cost.c knows: counted in instructions under
//! valgrind, so that a busy machine changes nothing.

#[path = "../common/mod.rs"]
mod common;

use common::{artifact, command, matches, run, scratch};

/// A call's instructions, and its input's length.
fn cost(program: &str, shape: &str, size: usize) -> (f64, f64) {
    let counted = scratch(&format!("cost-{}-{size}", shape.replace(':', "-")));
    let mut valgrind = command("valgrind --tool=callgrind --toggle-collect=pusher_*");
    valgrind.arg(format!("--callgrind-out-file={}", counted.display()));
    let printed = run(valgrind.args([program, shape, &size.to_string()]));
    let report = common::read(&counted);
    let total = matches(r"(?m)^(?:summary|totals): (\d+)", &report);
    let number = |text: &str| text.trim().parse::<f64>().expect("a number");
    (number(total.last().expect("a total")), number(&printed))
}

/// Twice the input may cost little more than twice as much. Quadratic cost would take four times.
#[test]
fn every_shape_costs_linear_time() {
    let program = scratch("cost");
    let shared = &artifact().shared;
    run(
        command("cc -std=c99 -O1 -g -Wall -Wextra -Wpedantic -Werror -Iinclude tests/cost/cost.c")
            .arg(shared)
            .arg(format!("-Wl,-rpath,{}", shared.parent().unwrap().display()))
            .arg("-o")
            .arg(&program),
    );
    let program = program.display().to_string();

    let mut worst = Vec::new();
    for shape in run(command(&program).arg("--list")).lines() {
        let (once, len) = cost(&program, shape, 20_000);
        let (twice, double_len) = cost(&program, shape, 40_000);
        let growth = (twice / once) / (double_len / len);
        assert!(
            growth < 1.25,
            "{shape}: {once} instructions for {len} bytes, {twice} for {double_len}"
        );
        let per_byte = (twice - once) / (double_len - len);
        println!("{shape}: {per_byte:.1} instructions a byte");
        worst.push((per_byte, shape.to_owned()));
    }
    worst.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!("the worst: {:?}", &worst[..5]);
    assert_eq!(worst.len(), 129);
}
