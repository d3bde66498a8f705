//! Jobs and pending files.

use super::super::{Catalog, File, Import, Job, NewDelivery, Waiting};
use super::{file, functions, read, write};

functions![
    due_files_come_in_the_order_of_their_times,
    job_is_taken_once,
    next_due_is_the_earliest_of_files_and_jobs,
    pulled_in_is_what_waits_too_long,
    waiting_work_is_due_and_under_no_lease,
];

fn pending(id: &str, ready_at: i64) -> File {
    File {
        ready_at: Some(ready_at),
        ..file(id, "p", 1)
    }
}

fn job(due: i64, operation: &str) -> Job {
    Job {
        due,
        operation: operation.into(),
        fields: "{}".into(),
    }
}

/// Pending files come by time, and those of one time in the order in which they were added.
pub fn due_files_come_in_the_order_of_their_times(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (id, ready_at) in [("z", 30), ("y", 10), ("x", 20), ("w", 10)] {
            writer.insert_file(&pending(id, ready_at))?;
        }
        writer.insert_file(&file("ready", "p", 1))
    });
    let due = |now, limit| {
        let files = read(catalog, |snapshot| snapshot.due_files(now, limit));
        files.into_iter().map(|file| file.id).collect::<String>()
    };
    assert_eq!(due(9, 9), "");
    assert_eq!(due(20, 9), "ywx");
    assert_eq!(due(20, 2), "yw");
    write(catalog, |writer| {
        writer.update_file(&file("y", "p", 1))?;
        writer.remove_files(&["w"])
    });
    assert_eq!(due(99, 9), "xz");
}

/// A job is removed as it is taken. Jobs come by time, and those of one time in the order in which they were added.
pub fn job_is_taken_once(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        for (due, operation) in [(20, "b"), (10, "a"), (20, "c"), (30, "d")] {
            writer.insert_job(&job(due, operation))?;
        }
        assert_eq!(writer.take_job(9)?, None);
        for expected in [job(10, "a"), job(20, "b"), job(20, "c")] {
            assert_eq!(writer.take_job(20)?, Some(expected));
        }
        assert_eq!(writer.take_job(20)?, None);
        Ok(())
    });
    let mut writer = catalog.write().unwrap();
    assert_eq!(writer.take_job(30).unwrap(), Some(job(30, "d")));
    drop(writer);
    assert_eq!(
        write(catalog, |writer| writer.take_job(30)),
        Some(job(30, "d")),
        "a dropped writer takes nothing"
    );
    assert_eq!(write(catalog, |writer| writer.take_job(30)), None);
}

/// The next time is that of the first pending file or job.
pub fn next_due_is_the_earliest_of_files_and_jobs(catalog: &dyn Catalog) {
    let next = || read(catalog, |snapshot| snapshot.next_due());
    write(catalog, |writer| writer.insert_file(&file("ready", "p", 1)));
    assert_eq!(next(), None);
    write(catalog, |writer| writer.insert_job(&job(30, "j")));
    assert_eq!(next(), Some(30));
    write(catalog, |writer| writer.insert_file(&pending("f", 20)));
    assert_eq!(next(), Some(20));
    write(catalog, |writer| writer.remove_files(&["f"]));
    assert_eq!(next(), Some(30));
    write(catalog, |writer| writer.take_job(30));
    assert_eq!(next(), None);
}

/// Only what would wait for longer than it may becomes due, and everything else keeps its time.
pub fn pulled_in_is_what_waits_too_long(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_file(&pending("soon", 1500))?;
        writer.insert_file(&pending("late", 1501))?;
        writer.put_transcode("soon", 1500)?;
        writer.put_transcode("late", 1501)?;
        writer.insert_job(&job(1200, "soon"))?;
        writer.insert_job(&job(1201, "late"))?;
        let first = writer.insert_events(&["{}".to_owned()])?;
        writer.insert_deliveries(&[
            NewDelivery {
                event: first,
                url: "a",
                due: 1001,
            },
            NewDelivery {
                event: first,
                url: "b",
                due: 1060,
            },
        ])?;
        let second = writer.take_deliveries(&["b"], 2000, 2000, 9)?[0].number;
        writer.postpone_delivery(second, 1, 1060)?;
        writer.pull_in(1000, 500, 200, &[0, 60])
    });
    let files = read(catalog, |snapshot| snapshot.due_files(9999, 9));
    let times: Vec<_> = files.iter().map(|file| (&file.id[..], file.ready_at)).collect();
    assert_eq!(times, [("late", Some(1000)), ("soon", Some(1500))]);
    let transcodes = ["late", "soon"].map(|file| read(catalog, |snapshot| snapshot.transcode(file)));
    assert_eq!(
        transcodes.map(|transcode| transcode.map(|transcode| transcode.ready_at)),
        [Some(1000), Some(1500)]
    );
    let jobs: Vec<_> = (0..2)
        .filter_map(|_| write(catalog, |writer| writer.take_job(9999)))
        .collect();
    assert_eq!(jobs, [job(1000, "late"), job(1200, "soon")]);
    let next = |url| read(catalog, |snapshot| snapshot.next_delivery(&[url], 3000));
    assert_eq!((next("a"), next("b")), (Some(1000), Some(1060)));
}

/// Work waits from the time at which it is due, unless it is under a lease. Deliveries to other URLs wait for nobody.
pub fn waiting_work_is_due_and_under_no_lease(catalog: &dyn Catalog) {
    let waiting = |now| read(catalog, |snapshot| snapshot.waiting(&["a"], now));
    assert_eq!(waiting(1000), Waiting::default());
    write(catalog, |writer| {
        for (id, created) in [("old", 10), ("new", 20)] {
            let imported = File {
                created,
                ..file(id, "p", 1)
            };
            writer.insert_file(&imported)?;
            writer.put_import(&Import {
                file: id.into(),
                request: "{}".into(),
            })?;
        }
        writer.insert_file(&pending("f", 130))?;
        writer.put_transcode("f", 140)?;
        writer.insert_job(&job(120, "j"))?;
        let event = writer.insert_events(&["{}".to_owned()])?;
        let due = |url, due| NewDelivery { event, url, due };
        writer.insert_deliveries(&[due("b", 100), due("a", 110)])
    });
    let imports = Some(10);
    assert_eq!(
        waiting(109),
        Waiting {
            imports,
            ..Waiting::default()
        }
    );
    let all = Waiting {
        imports,
        deliveries: Some(110),
        jobs: Some(120),
        files: Some(130),
        transcodes: Some(140),
    };
    assert_eq!(waiting(140), all);
    write(catalog, |writer| {
        writer.take_imports(140, 500, 1)?;
        writer.take_deliveries(&["a"], 140, 500, 1)?;
        writer.take_transcodes(140, 500, 1)
    });
    let without_leases = Waiting {
        imports: Some(20),
        deliveries: None,
        transcodes: None,
        ..all
    };
    assert_eq!(waiting(499), without_leases);
    assert_eq!(waiting(500), all, "leases have expired");
}
