//! A disk that is full for a moment, under the real program.
#![cfg(target_os = "linux")]

use crate::common::{FakeFal, ID, KEY, LORA_BODY, SUBMIT, client, code, json, started};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A small disk of its own, which goes with the test.
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// None where these tests may not mount anything.
    pub(crate) fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(folder.path());
        let is_mounted = mount.output();
        is_mounted.is_ok_and(|mount| mount.status.success()).then_some(Self(folder))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

pub(crate) fn fill(filler: &Path) {
    let mut file = std::fs::File::create(filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
}

#[tokio::test]
async fn a_disk_that_is_full_for_a_moment_costs_nobody_a_run_and_needs_no_restart() {
    let Some(disk) = SmallDisk::mount() else {
        println!("NOT TRIED: nothing can be mounted here");
        return;
    };
    let filler = disk.filler();
    let full = filler.clone();
    // It is full from the moment in which the run is bought.
    let fal = FakeFal::start(move |seen| {
        if seen.method == "POST" {
            fill(&full);
        }
        json(200, &format!(r#"{{"request_id":"{ID}","status":"IN_QUEUE"}}"#))
    })
    .await;
    let (base, data) = (fal.base(), disk.0.path().join("data"));
    let environment = [
        ("FAL_KEY", KEY),
        ("LIKENESS_FAL_QUEUE", base.as_str()),
        ("LIKENESS_LEDGER", ""),
        ("LIKENESS_DATA", data.to_str().unwrap()),
        ("LIKENESS_ACCESS", "header"),
        ("LIKENESS_USER_HEADER", "x-user"),
        ("LIKENESS_FRONT_PROXY", "127.0.0.1"),
    ];
    let (_child, _, address) = started(&environment).await;
    let mode = std::fs::metadata(data.join("ledger.redb")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let submit = || {
        let submit = client().post(format!("{address}/api/fal/proxy")).header("x-user", "ann");
        let submit = submit.header("x-fal-target-url", SUBMIT);
        submit.header("content-type", "application/json").body(LORA_BODY)
    };
    let status = async || {
        let ask = client().get(format!("{address}/api/fal/proxy")).header("x-user", "ann");
        let ask = ask.header("x-fal-target-url", format!("{SUBMIT}/requests/{ID}/status"));
        ask.send().await.unwrap().status().as_u16()
    };
    let ready = async || client().get(format!("{address}/readyz")).send().await.unwrap();
    assert_eq!(ready().await.status(), 200);
    let bought = submit().header("idempotency-key", "one").send().await.unwrap();
    assert_eq!(bought.status(), 200);
    assert_eq!(status().await, 200, "the run is its owner's although it could not be written down");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(code(ready().await).await, (503, "ledger_away".to_owned()));
    let refused = submit().send().await.unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(code(refused).await, (503, "ledger_away".to_owned()));
    assert_eq!(status().await, 200);

    std::fs::remove_file(&filler).unwrap();
    let freed = Instant::now();
    while ready().await.status() != 200 {
        assert!(freed.elapsed() < Duration::from_secs(5), "it does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("R4   a full disk: ready {:?} after there was room", freed.elapsed());
    let again = submit().header("idempotency-key", "one").send().await.unwrap();
    assert_eq!(
        (again.status().as_u16(), &again.headers()["idempotent-replayed"]),
        (200, &"true".parse().unwrap())
    );
    assert_eq!(status().await, 200);
    assert_eq!(fal.seen().iter().filter(|seen| seen.method == "POST").count(), 1);
    assert_eq!(submit().send().await.unwrap().status(), 200, "orders leave again");
}
