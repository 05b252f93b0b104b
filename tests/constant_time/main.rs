//! No branch and no address depends on a secret, but for the result of a comparison.
//!
//! Memcheck counts them in a C program that marks the secrets as undefined memory.

#[path = "../common/mod.rs"]
mod common;

use common::{artifact, command, run, scratch};

/// The reports for each call in constant_time.c.
const EXPECTED: &str = "\
control_comparison 32
control_table 32
control_constant_time 0
authenticate_user 0
authorize_channel 0
shared_secret 0
request_url 0
terminate_user_url 0
encrypt 0
event_body 0
decrypt 1
decrypt_last_byte_wrong 1
verify_webhook 1
verify_webhook_first_byte_wrong 1
verify_webhook_last_byte_wrong 1
";

#[test]
fn secrets_decide_no_branch_and_no_address() {
    let program = scratch("constant_time");
    run(command("cc -std=c99 -O1 -Wall -Wextra -Wpedantic -Werror -Iinclude")
        .arg("tests/constant_time/constant_time.c")
        .arg(&artifact().archive)
        .arg("-o")
        .arg(&program));
    let reports = run(command("valgrind --quiet --error-limit=no").arg(&program));
    assert_eq!(reports, EXPECTED);
}
