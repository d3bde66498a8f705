//! The behaviour that all stores of bytes have.

use crate::servers::{Server, moto, seaweedfs, servers};
use wix_media::blobs::{Blobs, conformance};
use wix_media_s3::Bucket;

macro_rules! tests {
    ($($server:ident: $bytes:ident $writers:ident $listing:ident;)+) => {$(
        #[test]
        fn $bytes() {
            conformance::run(conformance::bytes::FUNCTIONS, &|| made($server()));
        }

        #[test]
        fn $writers() {
            conformance::run(conformance::writers::FUNCTIONS, &|| made($server()));
        }

        #[test]
        fn $listing() {
            conformance::run(conformance::listing::FUNCTIONS, &|| made($server()));
        }
    )+};
}

tests! {
    seaweedfs: seaweedfs_keeps_bytes seaweedfs_keeps_writers_apart seaweedfs_lists_blobs;
    moto: moto_keeps_bytes moto_keeps_writers_apart moto_lists_blobs;
}

fn made(server: &Server) -> Box<dyn Blobs> {
    Box::new(server.bucket())
}

#[test]
fn reopened_bucket_has_what_was_synced() {
    for server in servers() {
        let settings = server.settings();
        conformance::bytes::reopened_store_has_what_was_synced(&|| Box::new(Bucket::open(&settings).unwrap()));
    }
}

#[test]
fn sealed_blobs_conform_too() {
    for server in servers() {
        let settings = server.settings();
        let (first, second) = (Bucket::open(&settings).unwrap(), Bucket::open(&settings).unwrap());
        for number in 0..30 {
            let id = format!("{number}");
            let mut writer = first.open_writer(&id, 0).unwrap();
            first.append(&mut writer, id.as_bytes()).unwrap();
            first.seal(&id).unwrap();
            assert!(writer.is_superseded());
            assert_eq!(second.size(&id).unwrap(), Some(id.len() as u64));
        }
        let mut listed = second.list("", 20).unwrap();
        listed.extend(second.list(&listed[19], 20).unwrap());
        assert_eq!(listed.len(), 30);
        let mut buffer = [0; 9];
        assert_eq!(second.read("29", 1, &mut buffer).unwrap(), 1);
        assert_eq!(second.read("29", 2, &mut buffer).unwrap(), 0);
        second.remove("29").unwrap();
        assert_eq!(first.size("29").unwrap(), None);
        // A complete blob can be continued.
        let mut writer = second.open_writer("12", 1).unwrap();
        second.append(&mut writer, b"x").unwrap();
        second.sync("12").unwrap();
        assert_eq!(first.size("12").unwrap(), Some(2));
        assert_eq!(first.read("12", 0, &mut buffer).unwrap(), 2);
        assert_eq!(&buffer[..2], b"1x");
    }
}

#[test]
fn servers_of_the_tests_can_be_shared_by_processes() {
    for server in servers() {
        let bucket = server.bucket();
        assert_eq!(bucket.try_out().unwrap().faults(), [""; 0]);
        assert_eq!(bucket.list("", 9).unwrap(), [""; 0]);
    }
}
