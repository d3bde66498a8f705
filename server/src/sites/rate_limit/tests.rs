use super::*;
use std::sync::atomic::AtomicU32;
use wix_media::manager::Request;

/// A window in a database, whose clock is that of the test.
#[derive(Debug, Default)]
struct Database {
    counts: Mutex<HashMap<String, (Option<Instant>, u64)>>,
    statements: AtomicU32,
    is_away: std::sync::atomic::AtomicBool,
}

impl Database {
    fn add(&self, caller: &str, calls: u32, now: Instant) -> catalog::Result<Option<CallCount>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        if self.is_away.load(Ordering::Relaxed) {
            return Err(Error::Unavailable("away".into()));
        }
        let mut counts = lock(&self.counts);
        let (ends, total) = counts.entry(caller.to_owned()).or_default();
        let end = match *ends {
            Some(end) if end > now => end,
            _ => {
                *total = 0;
                *ends.insert(now + WINDOW)
            }
        };
        *total += u64::from(calls);
        Ok(Some(CallCount {
            total: *total,
            remaining: end - now,
        }))
    }

    fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }
}

/// A process that counts in a database.
fn process(limit: u32, database: &Arc<Database>) -> RateLimit {
    let database = Arc::clone(database);
    RateLimit::counting(limit, &[], move |_, caller, calls| {
        database.add(caller, calls, Instant::now())
    })
}

/// How a call ends: its permit is used, or after how many seconds it may be repeated.
async fn call(process: &RateLimit, caller: &str) -> Result<(), u64> {
    let admitted = process.admit("s", caller, &Failures::default()).await;
    admitted.map(Permit::count).map_err(|time| time.as_secs())
}

#[tokio::test(start_paused = true)]
async fn processes_admit_the_limit_together_whatever_the_split() {
    for (limit, every) in [(1, 2), (2, 2), (7, 3), (50, 2), (50, 5), (1000, 2), (1000, 9)] {
        let database = Arc::default();
        let (first, second) = (process(limit, &database), process(limit, &database));
        let mut admitted = 0;
        for number in 0..limit * every * 2 {
            let process = if number % every == 0 { &first } else { &second };
            admitted += u32::from(call(process, "a").await.is_ok());
        }
        assert_eq!(admitted, limit, "of {limit}, one in {every} at the first");
        assert_eq!(call(&first, "b").await, Ok(()), "another caller");
        assert!(database.statements() < 80, "{} for {limit}", database.statements());
    }
}

#[tokio::test(start_paused = true)]
async fn used_up_window_costs_no_statement_until_it_ends() {
    let database = Arc::default();
    let (first, second) = (process(2, &database), process(2, &database));
    assert_eq!(call(&first, "a").await, Ok(()));
    tokio::time::advance(Duration::from_secs(20)).await;
    assert_eq!(call(&second, "a").await, Ok(()));
    assert_eq!(call(&second, "a").await, Err(40));
    assert_eq!(call(&first, "a").await, Err(40), "by the window of the database");
    let statements = database.statements();
    tokio::time::advance(Duration::from_secs(39)).await;
    for process in [&first, &second, &first] {
        assert_eq!(call(process, "a").await, Err(1));
    }
    assert_eq!(database.statements(), statements);
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(call(&second, "a").await, Ok(()));
    assert_eq!(call(&first, "a").await, Ok(()));
    assert_eq!(call(&first, "a").await, Err(60));
}

#[tokio::test(start_paused = true)]
async fn late_answer_lengthens_no_reservation_and_shortens_no_refusal() {
    let asked = Instant::now();
    let at = |seconds: u64| asked + Duration::from_secs(seconds);
    let count = |total| {
        let remaining = Duration::from_secs(10);
        Some(CallCount { total, remaining })
    };
    let mut window = Window::new(0, asked);
    window.learn(4, count(4), 32, asked, at(2));
    assert_eq!(window.step(32, at(9)), Step::Admit(0, true));
    assert_eq!(window.step(32, at(10)), Step::Reserve(3));
    window.learn(3, count(40), 32, asked, at(2));
    assert_eq!(window.step(32, at(10)), Step::Refuse(Duration::from_secs(2)));
}

#[tokio::test(start_paused = true)]
async fn call_that_is_not_made_is_given_back() {
    let database = Arc::default();
    let process = process(1, &database);
    for _ in 0..3 {
        drop(process.admit("s", "a", &Failures::default()).await.expect("a permit"));
    }
    let late = process.admit("s", "a", &Failures::default()).await.expect("a permit");
    tokio::time::advance(WINDOW).await;
    assert_eq!(call(&process, "a").await, Ok(()));
    drop(late);
    assert_eq!(call(&process, "a").await, Err(60), "that was of another window");
}

#[tokio::test(start_paused = true)]
async fn process_counts_alone_while_the_database_is_away() {
    let database = Arc::<Database>::default();
    let process = process(3, &database);
    database.is_away.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        assert_eq!(call(&process, "a").await, Ok(()));
    }
    assert_eq!(call(&process, "a").await, Err(60));
    assert_eq!(database.statements(), 1, "one attempt in a second");
    tokio::time::advance(ALONE_TIME).await;
    assert_eq!(call(&process, "a").await, Err(59));
    assert_eq!(database.statements(), 2);
    database.is_away.store(false, Ordering::Relaxed);
    tokio::time::advance(ALONE_TIME).await;
    assert_eq!(call(&process, "a").await, Ok(()), "the database has counted none");
    assert_eq!(database.statements(), 3);
}

#[tokio::test(start_paused = true)]
async fn database_that_does_not_answer_delays_a_call_by_the_timeout() {
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let gone = Mutex::new(gone);
    let silent = RateLimit::counting(1, &[], move |_, _, _| {
        _ = lock(&gone).recv();
        Err(Error::Unavailable("too late".into()))
    });
    let silent = Arc::new(silent);
    let own = Arc::clone(&silent);
    let began = Instant::now();
    let waiting = tokio::spawn(async move { call(&own, "a").await });
    // A thread that blocks keeps the clock of the test from going on by itself.
    while !waiting.is_finished() {
        tokio::time::advance(Duration::from_millis(100)).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(waiting.await.expect("an end"), Ok(()));
    assert!(began.elapsed() < COUNT_TIMEOUT * 2, "{:?}", began.elapsed());
    drop(go);
}

#[tokio::test(start_paused = true)]
async fn callers_that_are_remembered_have_a_limit() {
    let database = Arc::default();
    let process = process(1, &database);
    assert_eq!(call(&process, "a").await, Ok(()));
    for number in 0..MAX_CALLERS {
        process.counted("s", &number.to_string());
    }
    assert!(lock(&process.callers).len() <= MAX_CALLERS);
    assert_eq!(call(&process, "a").await, Err(60), "the database remembers");
}

#[test]
fn caller_is_a_name_and_none_for_what_does_not_count() {
    let keys = ["first".to_owned(), "second".to_owned()];
    let of = |keys: &[String], method: &str, path: &str, authorization: &str, is_listed: bool| {
        let limit = RateLimit::counting(1, keys, |_, _, _| Ok(None));
        let request = Request::new(method, path).header("Authorization", authorization);
        limit.caller(&request.head, None, is_listed)
    };
    let api = "/site-media/v1/files";
    assert_eq!(of(&keys, "GET", api, "second", false).as_deref(), Some("own key 2"));
    assert_eq!(
        of(&keys, "GET", api, "Bearer first", false).as_deref(),
        Some("own key 1")
    );
    assert_eq!(of(&[], "GET", api, "", false).as_deref(), Some("anybody"));
    assert_eq!(of(&keys, "GET", api, "third", false), None);
    assert_eq!(of(&keys, "GET", api, "first", true), None);
    assert_eq!(of(&keys, "OPTIONS", api, "first", false), None);
    assert_eq!(of(&keys, "GET", "/media/a", "first", false), None);
}
