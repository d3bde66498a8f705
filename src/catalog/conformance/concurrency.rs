//! Transactions of several threads.
//!
//! A catalog may make readers wait for the writer, or run writers side by side and refuse all but one of them at their
//! commits. Nothing here depends on which of these it does, except
//! [`reads_finish_while_a_writer_is_open`].

use super::super::{Area, Catalog, Folder, NewDelivery, Read, Result, Upload, Write};
use super::{file, folder, functions, import, read, write, write_repeatedly};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

functions![
    second_writer_sees_the_effects_of_the_first,
    moves_of_two_writers_make_no_cycle,
    name_that_two_writers_miss_is_added_by_one,
    counts_of_several_writers_are_not_lost,
    folders_of_several_writers_are_all_there,
    reader_does_not_see_uncommitted_changes,
    snapshot_does_not_see_later_commits,
    writer_whose_thread_panics_leaves_nothing,
    event_numbers_are_in_commit_order,
    event_of_a_slow_writer_is_not_missed,
    leases_are_given_to_one_of_several_threads,
    jobs_are_taken_by_one_of_several_threads,
    transfer_belongs_to_one_of_several_threads,
];

/// How long a test waits for something that must not happen.
const GRACE: Duration = Duration::from_millis(100);
/// How long a test waits for something that must happen, before it fails.
const DEADLINE: Duration = Duration::from_secs(60);

const THREADS: usize = 4;

/// A writer that is opened while another one is open either waits for it or fails at its commit and runs again.
pub fn second_writer_sees_the_effects_of_the_first(catalog: &dyn Catalog) {
    thread::scope(|scope| {
        let mut first = catalog.write().unwrap();
        first.set_setting("log", "first").unwrap();
        let (send, done) = mpsc::channel();
        scope.spawn(move || {
            write_repeatedly(catalog, |writer| {
                let log = writer.setting("log")?.unwrap_or_default();
                writer.set_setting("log", &format!("{log} second"))
            });
            // Nobody listens when the grace is over.
            _ = send.send(());
        });
        // Whichever commits first, the other one has to know of it.
        _ = done.recv_timeout(GRACE);
        match first.commit() {
            Err(error) if error.is_retryable() => write_repeatedly(catalog, |writer| {
                let log = writer.setting("log")?.unwrap_or_default();
                writer.set_setting("log", &format!("{log} first"))
            }),
            result => result.unwrap(),
        }
    });
    let log = read(catalog, |snapshot| snapshot.setting("log")).unwrap();
    assert!(["first second", " second first"].contains(&&log[..]), "{log:?}");
}

/// Runs two writers, 0 and 1, that each check a condition and change something when it is met. Where the catalog allows it,
/// 1 checks and commits between the check and the change of 0.
fn run_side_by_side(
    catalog: &dyn Catalog,
    check: impl Fn(&dyn Read, usize) -> Result<bool> + Sync,
    change: impl Fn(&mut dyn Write, usize) -> Result<()> + Sync,
) {
    let run = |number| {
        write_repeatedly(catalog, |writer| {
            if check(writer, number)? {
                change(writer, number)?;
            }
            Ok(())
        });
    };
    thread::scope(|scope| {
        let mut writer = catalog.write().unwrap();
        assert!(check(&*writer, 0).unwrap());
        let (send, done) = mpsc::channel();
        let run = &run;
        scope.spawn(move || {
            run(1);
            // Nobody listens when the grace is over.
            _ = send.send(());
        });
        _ = done.recv_timeout(GRACE);
        match change(&mut *writer, 0).and_then(|()| writer.commit()) {
            Err(error) if error.is_retryable() => run(0),
            result => result.unwrap(),
        }
    });
}

/// Of two writers that each move one folder into the other, one finds that its target has become its child. They change
/// different rows, so a store has to notice that each has read what the other changed.
pub fn moves_of_two_writers_make_no_cycle(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("a", "r", 1))?;
        writer.insert_folder(&folder("b", "r", 1))
    });
    let names = [("a", "b"), ("b", "a")];
    run_side_by_side(
        catalog,
        |snapshot, number| {
            let (moved, target) = names[number];
            Ok(!snapshot.folders_above(target)?.iter().any(|above| above == moved))
        },
        |writer, number| {
            let (moved, target) = names[number];
            writer.update_folder(&folder(moved, target, 1))
        },
    );
    let parents = names.map(|(id, _)| read(catalog, |snapshot| snapshot.folder(id)).unwrap().parent);
    assert!(
        [["b", "r"], ["r", "a"]].iter().any(|expected| parents == *expected),
        "{parents:?}"
    );
}

/// Of two writers that look for a name, miss it and add it, one finds it. Neither has read a row that the other changed.
pub fn name_that_two_writers_miss_is_added_by_one(catalog: &dyn Catalog) {
    run_side_by_side(
        catalog,
        |snapshot, _| Ok(snapshot.folder_named("r", "name")?.is_none()),
        |writer, number| writer.insert_folder(&Folder::new(&number.to_string(), "name", "r", Area::Site, 1)),
    );
    assert_eq!(read(catalog, |snapshot| snapshot.all_folders("", 9)).len(), 1);
}

/// Numbers that several threads increment have the right sum, whether one statement does it or two.
pub fn counts_of_several_writers_are_not_lost(catalog: &dyn Catalog) {
    const ROUNDS: usize = 10;
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    write_repeatedly(catalog, |writer| {
                        // Read first: a write would already make the other writers wait in some stores.
                        let number = writer.setting("two statements")?;
                        let number: usize = number.map_or(0, |number| number.parse().unwrap());
                        writer.increment_setting("one statement")?;
                        writer.set_setting("two statements", &(number + 1).to_string())
                    });
                }
            });
        }
    });
    for name in ["one statement", "two statements"] {
        let sum = read(catalog, |snapshot| snapshot.setting(name));
        assert_eq!(sum, Some((THREADS * ROUNDS).to_string()), "{name}");
    }
}

/// Every committed row of every thread is there, and the total of sizes is the sum of all.
pub fn folders_of_several_writers_are_all_there(catalog: &dyn Catalog) {
    const ROUNDS: usize = 10;
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let id = format!("{number}-{round}");
                    write_repeatedly(catalog, |writer| {
                        writer.insert_folder(&folder(&id, "r", 1))?;
                        let mut inside = file(&id, &id, 1);
                        inside.size = 7;
                        writer.insert_file(&inside)
                    });
                }
            });
        }
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.all_folders("", 1000).unwrap().len(), THREADS * ROUNDS);
    assert_eq!(snapshot.all_files("", 1000).unwrap().len(), THREADS * ROUNDS);
    assert_eq!(snapshot.total_size().unwrap(), (THREADS * ROUNDS * 7) as i64);
    drop(snapshot);
    assert!(catalog.is_intact().unwrap());
}

/// A reader beside an open writer sees what was there before it, or waits for its end.
pub fn reader_does_not_see_uncommitted_changes(catalog: &dyn Catalog) {
    for commits in [false, true] {
        let before = read(catalog, |snapshot| snapshot.setting("s"));
        thread::scope(|scope| {
            let mut writer = catalog.write().unwrap();
            writer.set_setting("s", "new").unwrap();
            writer.insert_folder(&folder(&format!("{commits}"), "r", 1)).unwrap();
            let (send, seen) = mpsc::channel();
            scope.spawn(move || {
                let found = read(catalog, |snapshot| {
                    Ok((snapshot.setting("s")?, snapshot.has_children("r")?))
                });
                _ = send.send(found);
            });
            let during = seen.recv_timeout(GRACE);
            if let Ok(during) = &during {
                assert_eq!(*during, (before.clone(), false), "while the writer is open");
            }
            if commits {
                writer.commit().unwrap();
            } else {
                drop(writer);
                let found = during.unwrap_or_else(|_| seen.recv_timeout(DEADLINE).unwrap());
                assert_eq!(found, (before.clone(), false), "after the writer was dropped");
            }
        });
        let expected = commits.then(|| "new".to_owned());
        assert_eq!(read(catalog, |snapshot| snapshot.setting("s")), expected);
    }
}

/// A snapshot stays as it was when it was opened, also where it is read for the first time after the commit.
pub fn snapshot_does_not_see_later_commits(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.set_setting("s", "old")?;
        writer.insert_folder(&folder("kept", "r", 1))?;
        writer.insert_file(&file("in", "kept", 1))
    });
    thread::scope(|scope| {
        let unread = catalog.read().unwrap();
        let (send, committed) = mpsc::channel();
        scope.spawn(move || {
            write_repeatedly(catalog, |writer| {
                writer.set_setting("s", "new")?;
                writer.remove_tree("kept")?;
                writer.insert_folder(&folder("added", "r", 1))
            });
            // Nobody listens when the grace is over.
            _ = send.send(());
        });
        // The writer commits in this time, or waits for the end of the snapshot.
        _ = committed.recv_timeout(GRACE);
        assert_eq!(unread.setting("s").unwrap().as_deref(), Some("old"));
        assert!(unread.folder("kept").unwrap().is_some());
        assert_eq!(unread.tree("kept").unwrap().files.len(), 1);
        assert_eq!(unread.folder("added").unwrap(), None);
        drop(unread);
    });
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.setting("s").unwrap().as_deref(), Some("new"));
    assert_eq!(snapshot.folder("kept").unwrap(), None);
    assert!(snapshot.folder("added").unwrap().is_some());
}

/// A thread that ends in the middle of a transaction rolls it back, and the next writer goes on.
pub fn writer_whose_thread_panics_leaves_nothing(catalog: &dyn Catalog) {
    for _ in 0..2 {
        let ended = thread::scope(|scope| {
            let panicking = scope.spawn(|| {
                let mut writer = catalog.write().unwrap();
                writer.insert_folder(&folder("lost", "r", 1)).unwrap();
                writer.insert_events(&["lost".into()]).unwrap();
                // A panic without its message on standard error.
                std::panic::resume_unwind(Box::new("the thread ends here"));
            });
            panicking.join()
        });
        assert!(ended.is_err());
    }
    write(catalog, |writer| writer.insert_folder(&folder("kept", "r", 1)));
    let snapshot = catalog.read().unwrap();
    assert_eq!(snapshot.folder("lost").unwrap(), None);
    assert_eq!(snapshot.events(0, 9).unwrap(), []);
    assert!(snapshot.folder("kept").unwrap().is_some());
    drop(snapshot);
    assert!(catalog.is_intact().unwrap());
}

/// A reader that asks for the events behind the last one it has seen misses none.
pub fn event_numbers_are_in_commit_order(catalog: &dyn Catalog) {
    const ROUNDS: usize = 10;
    let running = AtomicUsize::new(THREADS);
    let seen = thread::scope(|scope| {
        for number in 0..THREADS {
            let running = &running;
            scope.spawn(move || {
                for round in 0..ROUNDS {
                    let bodies: Vec<_> = (0..3).map(|at| format!("{number}-{round}-{at}")).collect();
                    let first = write_repeatedly(catalog, |writer| writer.insert_events(&bodies));
                    assert!(first > 0);
                }
                running.fetch_sub(1, Ordering::SeqCst);
            });
        }
        let mut seen: Vec<(i64, String)> = Vec::new();
        loop {
            // Asked before the events are read: what the last thread has committed is then among them.
            let ended = running.load(Ordering::SeqCst) == 0;
            let last = seen.last().map_or(0, |(number, _)| *number);
            let more = read(catalog, |snapshot| snapshot.events(last, 5));
            if more.is_empty() {
                if ended {
                    break seen;
                }
                thread::yield_now();
            }
            seen.extend(more);
        }
    });
    assert!(seen.is_sorted_by(|(one, _), (other, _)| one < other));
    assert_eq!(
        seen,
        read(catalog, |snapshot| snapshot.events(0, 10_000)),
        "none was missed"
    );
    assert_eq!(seen.len(), THREADS * ROUNDS * 3);
    let groups: Vec<_> = seen.chunks(3).collect();
    for group in groups {
        let name = group[0].1.strip_suffix("-0").unwrap();
        assert_eq!(
            (&group[1].1[..], &group[2].1[..]),
            (&format!("{name}-1")[..], &format!("{name}-2")[..])
        );
    }
}

/// A reader that has seen the event of a quick writer still finds that of a slow one, which was added earlier.
pub fn event_of_a_slow_writer_is_not_missed(catalog: &dyn Catalog) {
    let seen = thread::scope(|scope| {
        let mut slow = catalog.write().unwrap();
        slow.insert_events(&["slow".into()]).unwrap();
        let (send, done) = mpsc::channel();
        let quick = scope.spawn(move || {
            write_repeatedly(catalog, |writer| writer.insert_events(&["quick".into()]));
            let seen = read(catalog, |snapshot| snapshot.events(0, 9));
            // Nobody listens when the grace is over.
            _ = send.send(());
            seen
        });
        _ = done.recv_timeout(GRACE);
        match slow.commit() {
            Err(error) if error.is_retryable() => {
                write_repeatedly(catalog, |writer| writer.insert_events(&["slow".into()]));
            }
            result => result.unwrap(),
        }
        quick.join().unwrap()
    });
    let last = seen.last().unwrap().0;
    let later = read(catalog, |snapshot| snapshot.events(last, 9));
    let mut bodies: Vec<_> = seen.into_iter().chain(later).map(|(_, body)| body).collect();
    bodies.sort();
    assert_eq!(bodies, ["quick", "slow"]);
}

/// Every import and every delivery is taken exactly once.
pub fn leases_are_given_to_one_of_several_threads(catalog: &dyn Catalog) {
    const COUNT: usize = 40;
    write(catalog, |writer| {
        let event = writer.insert_events(&["e".into()])?;
        for number in 0..COUNT {
            let id = number.to_string();
            writer.insert_file(&file(&id, "r", 1))?;
            writer.put_import(&import(&id))?;
            writer.insert_deliveries(&[NewDelivery {
                event,
                url: "u",
                due: 1,
            }])?;
        }
        Ok(())
    });
    let mut imports = Vec::new();
    let mut deliveries = Vec::new();
    thread::scope(|scope| {
        let takers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let (mut imports, mut deliveries) = (Vec::new(), Vec::new());
                    loop {
                        let (taken, due) = write_repeatedly(catalog, |writer| {
                            Ok((
                                writer.take_imports(10, 20, 3)?,
                                writer.take_deliveries(&["u"], 10, 20, 3)?,
                            ))
                        });
                        if taken.is_empty() && due.is_empty() {
                            return (imports, deliveries);
                        }
                        imports.extend(taken.into_iter().map(|import| import.file));
                        deliveries.extend(due.into_iter().map(|delivery| delivery.number));
                    }
                })
            })
            .collect();
        for taker in takers {
            let taken = taker.join().unwrap();
            imports.extend(taken.0);
            deliveries.extend(taken.1);
        }
    });
    assert_eq!((imports.len(), deliveries.len()), (COUNT, COUNT));
    assert_eq!(imports.into_iter().collect::<BTreeSet<_>>().len(), COUNT);
    assert_eq!(deliveries.into_iter().collect::<BTreeSet<_>>().len(), COUNT);
}

/// Every job is taken exactly once.
pub fn jobs_are_taken_by_one_of_several_threads(catalog: &dyn Catalog) {
    const COUNT: usize = 40;
    write(catalog, |writer| {
        (0..COUNT).try_for_each(|number| {
            writer.insert_job(&super::super::Job {
                due: 1,
                operation: number.to_string(),
                fields: "{}".into(),
            })
        })
    });
    let taken = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while write_repeatedly(catalog, |writer| writer.take_job(1)).is_some() {
                    taken.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(taken.into_inner(), COUNT);
}

/// Of several threads that take over a transfer, the one with the largest epoch alone advances it.
pub fn transfer_belongs_to_one_of_several_threads(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.put_upload(&Upload {
            resumable: true,
            transfer: Some("t".into()),
            blob: Some("b".into()),
            length: 100,
            ..Upload::new("u", "f", "{}", 50)
        })
    });
    let barrier = std::sync::Barrier::new(THREADS);
    let results: Vec<(i64, bool)> = thread::scope(|scope| {
        let holders: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let epoch = write_repeatedly(catalog, |writer| writer.take_over_transfer("t"));
                    barrier.wait();
                    let digest = epoch.to_string();
                    let advanced =
                        write_repeatedly(catalog, |writer| writer.advance_transfer("t", epoch, epoch, &digest));
                    (epoch, advanced)
                })
            })
            .collect();
        holders.into_iter().map(|holder| holder.join().unwrap()).collect()
    });
    let epochs: BTreeSet<i64> = results.iter().map(|(epoch, _)| *epoch).collect();
    assert_eq!(epochs.len(), THREADS, "{results:?}");
    let last = epochs.into_iter().next_back().unwrap();
    for (epoch, advanced) in results {
        assert_eq!(advanced, epoch == last, "{epoch} of {last}");
    }
    let upload = read(catalog, |snapshot| snapshot.upload("u")).unwrap();
    assert_eq!(
        (upload.epoch, upload.received, upload.digest),
        (last, last, Some(last.to_string()))
    );
}

/// Readers that are opened while a writer is open finish before it does. For catalogs whose readers never wait.
pub fn reads_finish_while_a_writer_is_open(catalog: &dyn Catalog) {
    write(catalog, |writer| {
        writer.insert_folder(&folder("a", "r", 1))?;
        writer.insert_file(&file("f", "a", 1))
    });
    thread::scope(|scope| {
        let mut writer = catalog.write().unwrap();
        writer.remove_tree("a").unwrap();
        let (send, done) = mpsc::channel();
        // More readers at once than a pool is likely to have connections.
        for _ in 0..4 * THREADS {
            let send = send.clone();
            scope.spawn(move || {
                for _ in 0..10 {
                    let snapshot = catalog.read().unwrap();
                    assert!(snapshot.folder("a").unwrap().is_some());
                    assert_eq!(snapshot.tree("a").unwrap().files.len(), 1);
                }
                send.send(()).unwrap();
            });
        }
        let finished = (0..4 * THREADS).all(|_| done.recv_timeout(DEADLINE).is_ok());
        // Dropped first, so that waiting readers end and the failure is reported.
        drop(writer);
        assert!(finished, "readers waited for the writer");
    });
}
