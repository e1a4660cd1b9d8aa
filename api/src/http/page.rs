use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::params::Query;
use super::problem::Problem;

/// The most that a page has.
const MOST: usize = 200;
/// What a page has when it is not said.
const USUAL: usize = 50;

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// What is in it.
    pub items: Vec<T>,
    /// Where the next part begins; absent in the last part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What stood last in the part before.
    pub after: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// The parameters of a list, for the document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// `next` of the part before.
    cursor: Option<String>,
    /// How many at most, from 1 to 200; 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(PageParams { cursor, limit }) = Query::from_request_parts(parts, state).await?;
        let limit = limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            let message = "A page has 1 to 200 items.";
            return Err(Problem::invalid_field("/limit", "out_of_range", message));
        }
        let after = cursor.map(|cursor| open(&cursor)).transpose()?;
        Ok(Self { after, limit })
    }
}

/// A cursor for what stands behind this in a list.
pub fn cursor(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

fn open(cursor: &str) -> Result<String, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        Problem::invalid_field("/cursor", "wrong_type", "Take the cursor from `next` of the part before.")
    })
}

impl Page {
    /// How many to read, so that it shows whether there are more.
    pub fn reach(&self) -> usize {
        self.limit + 1
    }

    /// The part of a list of which [`Self::reach`] were read. `name` gives what an item is known by in the order of the
    /// list.
    pub fn list<R, T>(
        &self,
        mut rows: Vec<R>,
        name: impl Fn(&R) -> String,
        show: impl Fn(R) -> T,
    ) -> List<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|row| cursor(&name(row)));
        List { items: rows.into_iter().map(show).collect(), next }
    }
}

impl<T> List<T> {
    /// A list that fits on one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    async fn page(query: &str) -> Result<Page, Problem> {
        let (mut parts, ()) = Request::get(format!("/x?{query}")).body(()).unwrap().into_parts();
        Page::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn a_list_is_read_to_its_end() {
        let all: Vec<_> = (0..7).map(|n| format!("a/{n}")).collect();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for round in 0.. {
            assert!(round < 4, "it does not end");
            let page = page(&format!("limit=3{cursor}")).await.unwrap();
            let after = page.after.clone().unwrap_or_default();
            let rows: Vec<_> = all.iter().filter(|id| **id > after).take(page.reach()).cloned().collect();
            let list = page.list(rows, Clone::clone, |row| row);
            seen.extend(list.items);
            match list.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, all);
    }

    #[tokio::test]
    async fn what_is_no_page_is_refused() {
        for query in ["limit=0", "limit=201", "limit=x", "cursor=%21", "limit=-1"] {
            assert_eq!(page(query).await.unwrap_err().code(), "invalid", "{query}");
        }
        assert_eq!(page("").await.unwrap(), Page { after: None, limit: 50 });
    }
}
