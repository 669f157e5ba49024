//! Senders that send an event more than once, in the shapes of real services, over real sockets.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, Raw, http, pushpull, until};
use serde_json::Value;

/// Posts to a source with these headers and returns what was answered.
async fn post(listener: &Listener, source: &str, headers: &[(&str, &str)], body: &str) -> Result<u16> {
    let mut request = http::client()?.post(listener.source(source)).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(request.body(body.to_owned()).send().await?.status().as_u16())
}

/// The rows that a filter finds, once there are so many: deliveries are found after the answer.
async fn rows(home: &Home, filter: &str, count: usize) -> Result<Vec<Value>> {
    until(&format!("{count} rows of {filter}"), async || {
        let listed = pushpull(home, &["list", "--json", filter]).await?.ok()?;
        let rows = listed.lines()?;
        Ok((rows.len() == count).then_some(rows))
    })
    .await
}

#[tokio::test]
async fn an_event_that_another_has_overtaken_is_told() -> Result<()> {
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    let invoice = |event: &str, created: u32| {
        format!(
            r#"{{"id":"{event}","created":{created},"type":"invoice.updated","data":{{"object":{{"id":"in_1"}}}}}}"#
        )
    };
    for (event, created) in [("evt_2", 20), ("evt_1", 10), ("evt_3", 30)] {
        let signed = [("Stripe-Signature", "t=1,v1=x")];
        assert_eq!(post(&listener, "billing", &signed, &invoice(event, created)).await?, 200);
    }
    let late = &rows(&home, "is:late", 1).await?[0];
    assert_eq!((&late["id"], &late["delivery"]["overtakenBy"]), (&2.into(), &1.into()));
    Ok(())
}

#[tokio::test]
async fn what_services_send_again_is_kept_and_marked() -> Result<()> {
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    let slack = r#"{"type":"event_callback","event_id":"Ev08MFMKH6","event":{"type":"message","text":"hi"}}"#;
    let hubspot = |attempt: u32| {
        format!(
            r#"[{{"eventId":3181526809,"subscriptionType":"contact.creation","attemptNumber":{attempt},"objectId":123}},
                {{"eventId":3181526810,"subscriptionType":"deal.creation","attemptNumber":{attempt},"objectId":124}}]"#
        )
    };
    let svix =
        [("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"), ("svix-timestamp", "1614265330"), ("svix-signature", "v1,x")];
    let github = [("X-GitHub-Event", "issues"), ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")];
    let stripe =
        |pending: u32| format!(r#"{{"id":"evt_1","type":"invoice.paid","created":1,"pending_webhooks":{pending}}}"#);
    for (source, headers, body) in [
        ("slack", &[("X-Slack-Signature", "v0=x")][..], slack.to_owned()),
        ("slack", &[("X-Slack-Signature", "v0=x"), ("X-Slack-Retry-Num", "1")], slack.to_owned()),
        ("hubspot", &[("X-HubSpot-Signature-v3", "x")], hubspot(0)),
        ("hubspot", &[("X-HubSpot-Signature-v3", "x")], hubspot(2)),
        ("clerk", &svix, r#"{"type":"user.created"}"#.to_owned()),
        ("clerk", &svix, r#"{"type":"user.created"}"#.to_owned()),
        ("github", &github, r#"{"action":"opened"}"#.to_owned()),
        ("github", &github, r#"{"action":"opened"}"#.to_owned()),
        ("stripe", &[("Stripe-Signature", "t=1,v1=x")], stripe(2)),
        ("stripe", &[("Stripe-Signature", "t=1,v1=x")], stripe(1)),
        ("plain", &[], r#"{"hello":"world"}"#.to_owned()),
        ("plain", &[], r#"{"hello":"moon"}"#.to_owned()),
    ] {
        assert_eq!(post(&listener, source, headers, &body).await?, 200, "{source}");
    }

    let sources = |rows: &[Value]| {
        let mut sources: Vec<_> = rows.iter().filter_map(|row| row["source"].as_str().map(String::from)).collect();
        sources.sort();
        sources
    };
    assert_eq!(sources(&rows(&home, "is:retry", 2).await?), ["hubspot", "slack"]);
    assert_eq!(sources(&rows(&home, "is:duplicate", 3).await?), ["clerk", "github", "stripe"]);
    assert_eq!(rows(&home, "is:first", 7).await?.len(), 7, "12 pushes are 7 deliveries");
    let hubspot = &rows(&home, "source:hubspot is:retry", 1).await?[0];
    assert_eq!((&hubspot["delivery"]["attempt"], &hubspot["delivery"]["pushes"]), (&3.into(), &2.into()));
    assert_eq!(rows(&home, "type:deal.creation", 2).await?[0]["events"], 2);

    let csv = pushpull(&home, &["export", "--format", "csv", "is:retry source:slack"]).await?.ok()?;
    let line = csv.text()?.lines().nth(1).context("no row")?.to_owned();
    assert!(line.ends_with(",1,2,retry"), "{line}");
    let text = pushpull(&home, &["list", "is:retry"]).await?.ok()?;
    assert!(text.text()?.contains("[retry of 1, attempt 2]"), "{}", text.text()?);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_its_sender_did_not_wait_for_was_not_given() -> Result<()> {
    let home = Home::new()?;
    let rules = home.file("rules.json");
    std::fs::write(&rules, r#"{"rules": [{"steps": [{"status": 200, "delayMs": 500}]}]}"#)?;
    pushpull(&home, &["source", "billing", "--create"]).await?.ok()?;
    pushpull(&home, &["rules", "billing", "--set", rules.to_str().context("no text")?]).await?.ok()?;
    let listener = Listener::start(&home).await?;
    let body = r#"{"id":"evt_1","type":"invoice.paid","created":1}"#;
    let head = "POST /in/billing HTTP/1.1\r\nHost: a\r\nStripe-Signature: t=1,v1=x\r\nContent-Length: ";
    let mut socket = Raw::connect(listener.address()).await?;
    socket.send(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes()).await?;
    drop(socket); // it is whole, and is stored whoever waits for the answer
    until("the answer to be noted as missed", async || {
        let listed = pushpull(&home, &["list", "--json"]).await?.ok()?;
        Ok(listed.lines()?.first().is_some_and(|row| row["failure"] == "left").then_some(()))
    })
    .await?;
    let signed = [("Stripe-Signature", "t=1,v1=x")];
    assert_eq!(post(&listener, "billing", &signed, body).await?, 200);
    assert_eq!(rows(&home, "is:retry", 1).await?[0]["id"], 2);
    assert!(rows(&home, "", 2).await?[0]["failure"].is_null(), "that one was waited for");
    let listed = pushpull(&home, &["list", "is:failed"]).await?.ok()?;
    assert!(listed.text()?.contains("(failed: left)"), "{}", listed.text()?);
    let shown = pushpull(&home, &["show", "1"]).await?.ok()?;
    assert!(shown.text()?.contains("The sender did not wait for the whole answer."), "{}", shown.text()?);
    Ok(())
}
