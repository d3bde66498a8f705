//! Values by name.

use crate::session::Session;
use crate::values::{get, values};
use wix_media::catalog::{ReadSettings, Result, WriteSettings};

impl ReadSettings for Session {
    fn setting(&self, name: &str) -> Result<Option<String>> {
        let sql = "SELECT value FROM setting WHERE site = $1 AND name = $2";
        self.one(sql, values![self.site, name], |row| get(row, 0))
    }
}

impl WriteSettings for Session {
    fn set_setting(&mut self, name: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO setting (site, name, value) VALUES ($1, $2, $3)
             ON CONFLICT (site, name) DO UPDATE SET value = excluded.value";
        self.run(sql, values![self.site, name, value]).map(drop)
    }

    fn increment_setting(&mut self, name: &str) -> Result<i64> {
        let sql = "INSERT INTO setting (site, name, value) VALUES ($1, $2, '1')
             ON CONFLICT (site, name) DO UPDATE SET value = (setting.value::bigint + 1)::text
             RETURNING value::bigint";
        self.number(sql, values![self.site, name])
    }
}
