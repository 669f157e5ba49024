// Signs an event with the services' own libraries: one case a line, as JSON.
import crypto from "node:crypto";
import { createRequire } from "node:module";
import { sign as signForGithub } from "@octokit/webhooks-methods";

const require = createRequire(import.meta.url);
const { Signature } = require("@hubspot/api-client");
const { WorkOS } = require("@workos-inc/node");
const { Webhook } = require("standardwebhooks");
const { Webhook: SvixWebhook } = require("svix");
const Stripe = require("stripe");
const twilio = require("twilio");

const ms = Date.now();
const seconds = Math.floor(ms / 1000);
const url = "https://hooks.example.com/in/shop?tenant=1";
const event = JSON.stringify({ id: "evt_1", type: "invoice.paid", data: { object: { id: "in_1", name: "é ✓" } } });

function print(name, provider, headers, { secret, body = event, at = url }) {
  const target = new URL(at);
  const lines = Object.entries({ Host: target.host, ...headers, "Content-Length": Buffer.byteLength(body) });
  const head = [`POST ${target.pathname}${target.search} HTTP/1.1`, ...lines.map(([field, value]) => `${field}: ${value}`)];
  const request = `${head.join("\r\n")}\r\n\r\n${body}`;
  console.log(JSON.stringify({ name, provider, request, options: ["--secret", secret, "--url", at, "--now", String(seconds)] }));
}

{
  const secret = "whsec_0123456789abcdef";
  const signature = new Stripe("sk_test_0").webhooks.generateTestHeaderString({ payload: event, secret });
  print("stripe", "stripe", { "Stripe-Signature": signature }, { secret });
}
{
  const secret = "s3cret";
  const signature = await signForGithub(secret, event);
  print("octokit", "github", { "X-GitHub-Event": "ping", "X-Hub-Signature-256": signature }, { secret });
}
for (const [name, provider, Library, prefix] of [
  ["svix", "svix", SvixWebhook, "svix"],
  ["standardwebhooks", "standard-webhooks", Webhook, "webhook"],
]) {
  const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  const signature = new Library(secret).sign("msg_1", new Date(seconds * 1000), event);
  const headers = { [`${prefix}-id`]: "msg_1", [`${prefix}-timestamp`]: seconds, [`${prefix}-signature`]: signature };
  print(name, provider, headers, { secret });
}
{
  const secret = "0123456789abcdef";
  const form = { From: "+15550100", Body: "a b&c=é", CallSid: "CA1" };
  const signature = twilio.getExpectedTwilioSignature(secret, url, form);
  const type = { "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(form).toString();
  print("twilio, a form", "twilio", { ...type, "X-Twilio-Signature": signature }, { secret, body });

  const at = `${url}&bodySHA256=${crypto.createHash("sha256").update(event).digest("hex")}`;
  const ofUrl = twilio.getExpectedTwilioSignature(secret, at, {});
  print("twilio, JSON", "twilio", { "Content-Type": "application/json", "X-Twilio-Signature": ofUrl }, { secret, at });
}
for (const version of ["v1", "v2", "v3"]) {
  const secret = "client-secret";
  const body = JSON.stringify([{ eventId: 1, subscriptionType: "contact.creation", objectId: 2 }]);
  const given = { clientSecret: secret, requestBody: body, url, timestamp: ms };
  const signature = Signature.getSignature("POST", version, given);
  const headers = {
    v1: { "X-HubSpot-Signature": signature, "X-HubSpot-Signature-Version": "v1" },
    v2: { "X-HubSpot-Signature": signature, "X-HubSpot-Signature-Version": "v2" },
    v3: { "X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": ms },
  };
  print(`hubspot ${version}`, "hubspot", headers[version], { secret, body });
}
{
  const secret = "workos-secret";
  const payload = { id: "event_1", event: "user.created", data: {} };
  const signature = await new WorkOS("sk_test_0").webhooks.computeSignature(ms, payload, secret);
  print("workos", "workos", { "WorkOS-Signature": `t=${ms}, v1=${signature}` }, { secret, body: JSON.stringify(payload) });
}
