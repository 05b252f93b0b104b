//! Checks that no branch and no address depends on a secret, except for the result of a comparison.
//!
//! Memcheck counts such branches in a C program that marks the secrets as undefined memory.

#[path = "../common/mod.rs"]
mod common;

use common::{artifact, command, run, scratch};

/// The reports for each call in constant_time.c. RESULT stands for the branches on whether the tags
/// are equal.
const EXPECTED: &str = "\
control_constant_time 0
authenticate_user 0
authorize_channel 0
shared_secret 0
request_url 0
terminate_user_url 0
encrypt 0
event_body 0
decrypt RESULT
decrypt_first_byte_wrong RESULT
decrypt_last_byte_wrong RESULT
verify_webhook 0
verify_webhook_first_byte_wrong 0
verify_webhook_last_byte_wrong 0
";

#[test]
fn secrets_decide_no_branch_and_no_address() {
    let program = scratch("constant_time");
    run(
        command("cc -std=c99 -O1 -Wall -Wextra -Wpedantic -Werror -Iinclude")
            .arg("tests/constant_time/constant_time.c")
            .arg(&artifact().static_library)
            .arg("-o")
            .arg(&program),
    );
    let reports = run(command("valgrind --quiet --error-limit=no").arg(&program));
    // Memcheck must report a comparison that stops early, and 32 look-ups in a table.
    let mut lines = reports.split_inclusive('\n');
    for control in ["control_comparison ", "control_table "] {
        let line = lines.next().expect("a line").trim_end();
        let count = line.strip_prefix(control).expect(control);
        assert!(count.parse().is_ok_and(|count: u32| count >= 32), "{line}");
    }
    // The portable library has one branch where the others have two.
    let result = if artifact().is_portable { "1" } else { "2" };
    assert_eq!(
        lines.collect::<String>(),
        EXPECTED.replace("RESULT", result)
    );
}
