//! Sample events: a real request to our own listener, in the shape of a known service's.

use super::Engine;
use super::hooks::SAMPLE_HEADER;
use crate::api::{ApiError, ListQuery, ListenerStatus, SampleProvider};
use crate::exchange::{ExchangeSummary, Header};
use std::time::Duration;

/// How long our own listener may take to answer a sample.
const PATIENCE: Duration = Duration::from_secs(10);

/// One sample: the source it goes to, the service's headers, and its body with places for an id and the time.
struct Sample {
    source: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const STRIPE: Sample = Sample {
    source: "stripe",
    headers: &[
        ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
        ("Stripe-Signature", "t={seconds},v1=0000000000000000000000000000000000000000000000000000000000000000"),
    ],
    body: r#"{
  "id": "evt_sample{id}",
  "object": "event",
  "api_version": "2025-03-31.basil",
  "created": {seconds},
  "livemode": false,
  "pending_webhooks": 1,
  "type": "invoice.paid",
  "data": {
    "object": {
      "id": "in_sample{id}",
      "object": "invoice",
      "amount_due": 4200,
      "amount_paid": 4200,
      "currency": "eur",
      "customer": "cus_sample",
      "customer_email": "billing@example.com",
      "status": "paid",
      "lines": {"object": "list", "data": [
        {"id": "il_sample1", "amount": 3000, "description": "Team plan", "quantity": 3},
        {"id": "il_sample2", "amount": 1200, "description": "Extra storage", "quantity": 1}
      ]}
    }
  }
}"#,
};

const GITHUB: Sample = Sample {
    source: "github",
    headers: &[
        ("User-Agent", "GitHub-Hookshot/sample"),
        ("X-GitHub-Event", "issues"),
        ("X-GitHub-Delivery", "00000000-0000-4000-8000-{id}"),
        ("X-Hub-Signature-256", "sha256=0000000000000000000000000000000000000000000000000000000000000000"),
    ],
    body: r#"{"action":"opened","issue":{"id":9007199254740993,"number":7,"title":"A webhook arrived twice","state":"open","labels":[{"id":1,"name":"bug"},{"id":2,"name":"webhooks"}],"user":{"login":"octo-sample","id":5}},"repository":{"id":11,"full_name":"octo-sample/hello"},"sender":{"login":"octo-sample","id":5},"sent_at":"{iso}"}"#,
};

const HUBSPOT: Sample = Sample {
    source: "hubspot",
    headers: &[
        ("User-Agent", "HubSpot Connect 2.0 (http://dev.hubspot.com/)"),
        ("X-HubSpot-Signature-v3", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("X-HubSpot-Request-Timestamp", "{millis}"),
    ],
    body: r#"[{"eventId":{millis},"subscriptionId":101,"portalId":62515,"appId":54321,"occurredAt":{millis},"subscriptionType":"contact.propertyChange","attemptNumber":0,"objectId":9007199254740993,"propertyName":"email","propertyValue":"billing@example.com","changeSource":"CRM_UI"}]"#,
};

const SHOPIFY: Sample = Sample {
    source: "shopify",
    headers: &[
        ("User-Agent", "Shopify-Captain-Hook"),
        ("X-Shopify-Topic", "orders/create"),
        ("X-Shopify-Shop-Domain", "sample.myshopify.com"),
        ("X-Shopify-Webhook-Id", "00000000-0000-4000-8000-{id}"),
        ("X-Shopify-Hmac-Sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ],
    body: r#"{"id":820982911946154508,"admin_graphql_api_id":"gid://shopify/Order/820982911946154508","created_at":"{iso}","currency":"EUR","total_price":"403.00","email":"jon@example.com","line_items":[{"id":866550311766439020,"title":"IPod Nano - 8GB","price":"199.00","quantity":1},{"id":141249953214522974,"title":"IPod Nano - 16GB","price":"199.00","quantity":1}]}"#,
};

fn of_provider(provider: SampleProvider) -> &'static Sample {
    match provider {
        SampleProvider::Stripe => &STRIPE,
        SampleProvider::GitHub => &GITHUB,
        SampleProvider::HubSpot => &HUBSPOT,
        SampleProvider::Shopify => &SHOPIFY,
    }
}

/// The headers and the body of a sample event.
pub(super) fn sample_event(provider: SampleProvider) -> (Vec<Header>, String) {
    of_provider(provider).filled()
}

impl Sample {
    /// Its headers and its body, of this moment.
    fn filled(&self) -> (Vec<Header>, String) {
        let now = jiff::Timestamp::now();
        let filled = |text: &str| {
            text.replace("{seconds}", &now.as_second().to_string())
                .replace("{millis}", &now.as_millisecond().to_string())
                .replace("{iso}", &now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
                .replace("{id}", &format!("{:012x}", now.as_microsecond() & 0xffff_ffff_ffff))
        };
        let header = |(name, value): &(&str, &str)| Header { name: (*name).to_owned(), value: filled(value) };
        let content_type = Header { name: "Content-Type".into(), value: "application/json".into() };
        let headers = std::iter::once(content_type).chain(self.headers.iter().map(header));
        (headers.collect(), filled(self.body))
    }
}

impl Engine {
    /// Sends a sample event to our own listener over HTTP and answers with the row it became.
    ///
    /// # Errors
    /// If this process does not listen, or its listener does not answer.
    pub async fn send_sample(&self, provider: SampleProvider) -> Result<ExchangeSummary, ApiError> {
        let ListenerStatus::Listening { url, .. } = self.listener() else {
            return Err(ApiError::failed(
                "Nothing listens, so there is nobody to send a sample to. Start the listener.",
            ));
        };
        let sample = of_provider(provider);
        // The user asked for it, so its source is theirs, tunnel or not.
        self.doorway.add_source(sample.source);
        let before = self.store.committed().borrow().newest;
        self.post(&url, sample).await?;
        self.find_sample(before, sample.source).await
    }

    async fn post(&self, url: &str, sample: &Sample) -> Result<(), ApiError> {
        let failed = |error: reqwest::Error| ApiError::failed(format!("The sample did not arrive: {error}."));
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().map_err(failed)?;
        let (headers, body) = sample.filled();
        let mut request = client.post(format!("{url}/in/{}", sample.source));
        request = request.header(SAMPLE_HEADER, self.doorway.sample_word());
        for Header { name, value } in headers {
            request = request.header(name, value);
        }
        request.body(body).send().await.map(drop).map_err(failed)
    }

    async fn find_sample(&self, before: i64, source: &str) -> Result<ExchangeSummary, ApiError> {
        let filter = format!("is:sample source:{source}");
        let page = self.store.list(&ListQuery { filter, upto: None, from: 0, count: 1, near: None }).await?;
        page.rows
            .into_iter()
            .find(|row| row.id > before)
            .ok_or_else(|| ApiError::failed("The sample was answered, but is not in the workspace."))
    }
}
