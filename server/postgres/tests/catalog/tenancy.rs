//! Sites with equal ids do not see each other.

use crate::cluster::cluster;
use wix_media::catalog::conformance::SUBJECTS;
use wix_media_postgres::{Limits, Store};

/// Makes each row that is ever added one of a second site too, which keeps it. A statement without the site would find those rows,
/// or fail when it changes one of them.
const SHADOW: &str = "
    CREATE FUNCTION copy_row() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE copied record;
    BEGIN
        copied := NEW;
        copied.site := -1;
        EXECUTE format('INSERT INTO %I OVERRIDING SYSTEM VALUE SELECT ($1).* ON CONFLICT DO NOTHING', TG_TABLE_NAME) USING copied;
        RETURN NULL;
    END $$;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'changes % of another site', TG_TABLE_NAME; END $$;
    DO $$
    DECLARE name text;
    BEGIN
        FOR name IN SELECT table_name FROM information_schema.columns WHERE column_name = 'site' AND table_name <> 'tail' LOOP
            EXECUTE format(
                'CREATE TRIGGER copied AFTER INSERT ON %I FOR EACH ROW WHEN (NEW.site > 0) EXECUTE FUNCTION copy_row()', name
            );
            EXECUTE format(
                'CREATE TRIGGER refused BEFORE UPDATE OR DELETE ON %I FOR EACH ROW WHEN (OLD.site < 0) EXECUTE FUNCTION refuse()',
                name
            );
        END LOOP;
    END $$";

#[test]
fn every_method_leaves_equal_ids_of_another_site_alone() {
    let cluster = cluster();
    let url = cluster.empty_database("C.UTF-8");
    Store::migrate(&url).unwrap();
    cluster.run_at(&url, SHADOW);
    let store = cluster.store(&url, Limits::default());
    for (subject, functions) in SUBJECTS {
        for (name, function) in *functions {
            println!("{subject}: {name}");
            function(&store.create_site(name).unwrap());
        }
    }
    for table in [
        "file", "folder", "setting", "event", "delivery", "job", "upload", "doomed", "stale",
    ] {
        let copies = cluster.run_at(&url, &format!("SELECT count(*) > 0 FROM {table} WHERE site < 0"));
        assert_eq!(copies, ["t"], "{table}");
    }
}
