//! What is known of each service: how its pushes are told, and where the name of the event stands. Sources: the
//! services' own pages and the SDKs that check their signatures.

/// A service that sends webhooks.
pub(super) struct Provider {
    /// Its name in lower case.
    pub(super) key: &'static str,
    /// One of these must be there.
    pub(super) marks: &'static [Mark],
    /// A string that the body must have, where the header alone does not tell; empty for none.
    pub(super) needs: &'static str,
    /// Where the event is named; the first place that names it counts.
    pub(super) events: &'static [Event],
}

/// What tells a service.
pub(super) enum Mark {
    /// A header field of this name.
    Has(&'static str),
    /// A header field of this name whose value holds this text.
    Says(&'static str, &'static str),
}

/// Where an event is named. Paths are keys and indices of the JSON body, parted by dots.
pub(super) enum Event {
    /// In a header field.
    Header(&'static str),
    /// In a header field, refined in the body where that has it: `issues.opened`.
    HeaderThen(&'static str, &'static str),
    /// In the body.
    Body(&'static str),
    /// In the body, refined by a second place.
    BodyThen(&'static str, &'static str),
    /// In a field of a form body.
    Form(&'static str),
}

use Event::{Body, BodyThen, Form, Header, HeaderThen};
use Mark::{Has, Says};

const fn by_header(key: &'static str, mark: &'static [Mark], events: &'static [Event]) -> Provider {
    Provider { key, marks: mark, needs: "", events }
}

const fn by_body(key: &'static str, mark: &'static [Mark], needs: &'static str, events: &'static [Event]) -> Provider {
    Provider { key, marks: mark, needs, events }
}

/// The services, those with the narrower rule first: Gitea sends GitHub's headers too.
pub(super) static PROVIDERS: &[Provider] = &[
    by_header(
        "gitea",
        &[Has("x-gitea-event"), Has("x-forgejo-event")],
        &[Header("x-gitea-event"), Header("x-forgejo-event")],
    ),
    by_header("gogs", &[Has("x-gogs-event")], &[Header("x-gogs-event")]),
    by_header("github", &[Has("x-github-event")], &[HeaderThen("x-github-event", "action")]),
    by_header("gitlab", &[Has("x-gitlab-event")], &[Header("x-gitlab-event")]),
    by_header("bitbucket", &[Has("x-event-key")], &[Header("x-event-key")]),
    by_header("stripe", &[Has("stripe-signature")], &[Body("type")]),
    by_header(
        "shopify",
        &[Has("x-shopify-topic"), Has("shopify-topic")],
        &[Header("x-shopify-topic"), Header("shopify-topic")],
    ),
    by_header("woocommerce", &[Has("x-wc-webhook-topic")], &[Header("x-wc-webhook-topic")]),
    by_header(
        "hubspot",
        &[Has("x-hubspot-signature-v3"), Has("x-hubspot-signature")],
        &[Body("0.subscriptionType"), Body("subscriptionType")],
    ),
    by_header("slack", &[Has("x-slack-signature")], &[Body("event.type"), Body("type"), Form("command")]),
    by_header(
        "twilio",
        &[Has("x-twilio-signature")],
        &[Form("MessageStatus"), Form("CallStatus"), Form("EventType"), Body("type"), Body("0.type")],
    ),
    by_header(
        "sendgrid",
        &[Has("x-twilio-email-event-webhook-signature"), Says("user-agent", "SendGrid")],
        &[Body("0.event")],
    ),
    by_header("discord", &[Has("x-signature-ed25519")], &[Body("event.type")]),
    by_header("telnyx", &[Has("telnyx-signature-ed25519")], &[Body("data.event_type")]),
    by_header("line", &[Has("x-line-signature")], &[Body("events.0.type")]),
    by_header("x", &[Has("x-twitter-webhooks-signature")], &[]),
    by_header("zoom", &[Has("x-zm-signature")], &[Body("event")]),
    by_header(
        "twitch",
        &[Has("twitch-eventsub-message-id")],
        &[Header("twitch-eventsub-subscription-type"), Header("twitch-eventsub-message-type")],
    ),
    by_header("square", &[Has("x-square-hmacsha256-signature"), Has("x-square-signature")], &[Body("type")]),
    by_header("trello", &[Has("x-trello-webhook")], &[Body("action.type")]),
    by_header("mandrill", &[Has("x-mandrill-signature")], &[]),
    by_header("plaid", &[Has("plaid-verification")], &[BodyThen("webhook_type", "webhook_code")]),
    by_header("aws-sns", &[Has("x-amz-sns-message-type")], &[Header("x-amz-sns-message-type")]),
    by_header("paypal", &[Has("paypal-transmission-id"), Has("paypal-transmission-sig")], &[Body("event_type")]),
    by_header("adyen-platform", &[Has("hmacsignature")], &[Body("type")]),
    by_header(
        "adyen",
        &[Says("user-agent", "Adyen")],
        &[Body("notificationItems.0.NotificationRequestItem.eventCode"), Body("type")],
    ),
    by_header("paddle", &[Has("paddle-signature")], &[Body("event_type")]),
    by_header("razorpay", &[Has("x-razorpay-signature")], &[Body("event")]),
    by_header("coinbase-commerce", &[Has("x-cc-webhook-signature")], &[Body("event.type")]),
    by_header("paystack", &[Has("x-paystack-signature")], &[Body("event")]),
    by_header("mollie", &[Has("x-mollie-signature")], &[Body("type")]),
    by_header(
        "linear",
        &[Has("linear-event"), Has("linear-signature")],
        &[HeaderThen("linear-event", "action"), BodyThen("type", "action")],
    ),
    by_header("workos", &[Has("workos-signature")], &[Body("event")]),
    by_header("mux", &[Has("mux-signature")], &[Body("type")]),
    by_header("calendly", &[Has("calendly-webhook-signature")], &[Body("event")]),
    by_header("persona", &[Has("persona-signature")], &[Body("data.attributes.name")]),
    by_header("elevenlabs", &[Has("elevenlabs-signature")], &[Body("type")]),
    by_header("sanity", &[Has("sanity-webhook-signature")], &[Header("sanity-operation")]),
    by_header(
        "contentful",
        &[Has("x-contentful-topic"), Has("x-contentful-signature")],
        &[Header("x-contentful-topic")],
    ),
    by_header("webflow", &[Has("x-webflow-signature")], &[Body("triggerType")]),
    by_header("buildkite", &[Has("x-buildkite-event")], &[Header("x-buildkite-event")]),
    by_header("zendesk", &[Has("x-zendesk-webhook-signature"), Has("x-zendesk-webhook-id")], &[Body("type")]),
    by_header("box", &[Has("box-signature-primary"), Has("box-delivery-id")], &[Body("trigger")]),
    by_header("typeform", &[Has("typeform-signature")], &[Body("event_type")]),
    by_header("vercel", &[Has("x-vercel-signature")], &[Body("type")]),
    by_header("sentry", &[Has("sentry-hook-resource")], &[HeaderThen("sentry-hook-resource", "action")]),
    by_header("circleci", &[Has("circleci-signature")], &[Header("circleci-event-type"), Body("type")]),
    by_header("pagerduty", &[Has("x-pagerduty-signature")], &[Body("event.event_type")]),
    by_header("dropbox", &[Has("x-dropbox-signature")], &[]),
    by_header("docusign", &[Has("x-docusign-signature-1"), Has("x-authorization-digest")], &[Body("event")]),
    by_header("xero", &[Has("x-xero-signature")], &[BodyThen("events.0.eventCategory", "events.0.eventType")]),
    by_header(
        "asana",
        &[Has("x-hook-signature"), Has("x-hook-secret")],
        &[BodyThen("events.0.action", "events.0.resource.resource_type")],
    ),
    by_header("notion", &[Has("x-notion-signature")], &[Body("type")]),
    by_header("calcom", &[Has("x-cal-signature-256")], &[Body("triggerEvent")]),
    by_header("pusher", &[Has("x-pusher-signature")], &[Body("events.0.name")]),
    by_header("mailgun", &[Says("user-agent", "mailgun")], &[Body("event-data.event"), Form("event")]),
    by_header("nylas", &[Has("x-nylas-signature")], &[Body("type")]),
    by_header("heroku", &[Has("heroku-webhook-hmac-sha256")], &[BodyThen("resource", "action")]),
    by_header("helpscout", &[Has("x-helpscout-event"), Has("x-helpscout-signature")], &[Header("x-helpscout-event")]),
    by_header("webex", &[Has("x-spark-signature")], &[BodyThen("resource", "event")]),
    by_header("patreon", &[Has("x-patreon-event")], &[Header("x-patreon-event")]),
    by_header("telegram", &[Has("x-telegram-bot-api-secret-token")], &[]),
    by_header(
        "jira",
        &[Has("x-atlassian-webhook-identifier"), Has("x-atlassian-webhook-retry")],
        &[Body("webhookEvent")],
    ),
    by_header("svix", &[Has("svix-id")], &[Body("type")]),
    by_header("standard-webhooks", &[Has("webhook-id")], &[Body("type")]),
    by_body(
        "gocardless",
        &[Has("webhook-signature")],
        "events.0.resource_type",
        &[BodyThen("events.0.resource_type", "events.0.action")],
    ),
    by_body("intercom", &[Has("x-hub-signature")], "topic", &[Body("topic")]),
    by_body("meta", &[Has("x-hub-signature-256"), Has("x-hub-signature")], "object", &[Body("object")]),
    by_body("lemonsqueezy", &[Has("x-signature")], "meta.event_name", &[Body("meta.event_name")]),
    by_body("segment", &[Has("x-signature")], "type", &[Body("type")]),
    by_header("hookdeck", &[Has("x-hookdeck-eventid")], &[]),
    by_header("cloudevents", &[Has("ce-type")], &[Header("ce-type")]),
];
