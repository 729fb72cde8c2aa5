//! The day of a run.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Today in UTC, or the day of `SOURCE_DATE_EPOCH` (seconds since 1970), with which builds are
/// repeated as they were.
pub(super) fn today() -> Date {
    let told = std::env::var("SOURCE_DATE_EPOCH").ok();
    day_of(told.as_deref()).unwrap_or_else(|| in_utc(Timestamp::now()))
}

fn day_of(seconds: Option<&str>) -> Option<Date> {
    Some(in_utc(Timestamp::from_second(seconds?.parse().ok()?).ok()?))
}

fn in_utc(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_repeated_build_is_the_one_it_names() {
        assert_eq!(day_of(Some("1801353599")).unwrap().to_string(), "2027-01-30");
        assert_eq!(day_of(Some("1801353600")).unwrap().to_string(), "2027-01-31");
        assert_eq!([None, Some(""), Some("soon")].map(day_of), [None; 3]);
    }
}
