//! Checks how the cost of every function grows with its input, for every shape in cost.c. Valgrind
//! counts instructions, so a busy machine does not affect the result.

#[path = "../common/mod.rs"]
mod common;

use std::{collections::BTreeMap, fs, path::Path, thread};

use common::{artifact, command, matches, read, run, scratch};

const SIZES: [usize; 2] = [20_000, 40_000];

/// The instructions and the input's length of one call.
#[derive(Clone, Copy)]
struct Cost {
    instructions: f64,
    len: f64,
}

/// Runs all shapes in one process. callgrind dumps the instructions before each call of shape_done,
/// and cost.c prints a line for each call, which is empty for instructions outside of shapes.
fn costs(program: &Path, size: usize) -> BTreeMap<String, Cost> {
    let dump = scratch(&format!("cost-{size}"));
    let _ = fs::remove_file(&dump);
    let mut valgrind = command("valgrind --tool=callgrind --toggle-collect=pusher_*");
    valgrind.args(["--dump-before=shape_done", "--combine-dumps=yes"]);
    valgrind.arg(format!("--callgrind-out-file={}", dump.display()));
    let printed = run(valgrind.arg(program).arg(size.to_string()));

    let dumps = read(&dump);
    let parts: Vec<&str> = dumps.split("\npart: ").skip(1).collect();
    let lines: Vec<&str> = printed.lines().collect();
    // The last part has the instructions after the last shape.
    assert_eq!(parts.len(), lines.len() + 1);

    let mut costs = BTreeMap::new();
    for (part, line) in parts.iter().zip(lines) {
        let [shape, _, len] = line.split(' ').collect::<Vec<_>>()[..] else {
            continue;
        };
        let number = |text: &str| text.parse::<f64>().expect("a number");
        let total = matches(r"(?m)^(?:summary|totals): (\d+)", part);
        let cost = Cost {
            instructions: number(total.first().expect("a total")),
            len: number(len),
        };
        assert!(costs.insert(shape.to_owned(), cost).is_none(), "{shape}");
    }
    costs
}

/// An input of twice the length may cost little more than twice as much. Quadratic cost would be
/// four times as much.
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

    // A process for each size runs at the same time.
    let [smaller, larger] = thread::scope(|scope| {
        SIZES
            .map(|size| {
                let program = &program;
                scope.spawn(move || costs(program, size))
            })
            .map(|costs| costs.join().expect("costs"))
    });
    let mut worst = Vec::new();
    for ((shape, once), (other_shape, twice)) in smaller.iter().zip(&larger) {
        assert_eq!(shape, other_shape);
        let len = twice.len / once.len;
        assert!(
            (1.9..2.1).contains(&len),
            "{shape}: the length grows by {len}"
        );
        let growth = twice.instructions / once.instructions / len;
        assert!(
            growth < 1.25,
            "{shape}: {} instructions for {} bytes, {} for {}",
            once.instructions,
            once.len,
            twice.instructions,
            twice.len
        );
        let per_byte = (twice.instructions - once.instructions) / (twice.len - once.len);
        println!("{shape}: {per_byte:.1} instructions a byte");
        worst.push((per_byte, shape));
    }
    worst.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!("{} shapes, the worst: {:?}", worst.len(), &worst[..5]);
    // 29 shapes of 7 kinds of JSON, and 48 others.
    assert_eq!(worst.len(), 29 * 7 + 48);
}
