//! What the user adds to exchanges, and the counts that are kept of them.

use super::*;

/// The counts as they are kept: pushes, pulls, failed, unread.
async fn kept(store: &Store) -> [i64; 4] {
    let mut counts = [0; 4];
    for (place, name) in ["pushes", "pulls", "failed", "unread"].into_iter().enumerate() {
        let row = sqlx::query_scalar("SELECT value FROM meta WHERE name = $1").bind(name);
        counts[place] = row.fetch_one(&store.readers).await.unwrap();
    }
    counts
}

/// The counts as they are when everything is counted anew.
async fn counted(store: &Store) -> [i64; 4] {
    let mut counts = [0; 4];
    for (place, filter) in ["direction:push", "direction:pull", "is:failed", "is:unread"].into_iter().enumerate() {
        counts[place] = found(store, filter).await.len() as i64;
    }
    counts
}

pub(super) async fn assert_counts_are_right(store: &Store, when: &str) {
    assert_eq!(kept(store).await, counted(store).await, "{when}");
    let minutes: i64 =
        sqlx::query_scalar("SELECT coalesce(sum(total), 0) FROM bucket").fetch_one(&store.readers).await.unwrap();
    let all = found(store, "").await.len() as i64;
    assert_eq!(minutes, all, "{when}");
    assert_eq!(store.stored().await.unwrap().exchanges, all as u64, "{when}");
}

async fn three(store: &Store) -> [i64; 3] {
    let mut ids = [0; 3];
    for (place, status) in [200, 500, 200].into_iter().enumerate() {
        let mut new = push("a", "e", "");
        new.status = Some(status);
        ids[place] = store.save(new).await.unwrap();
    }
    ids
}

#[tokio::test]
async fn pins_tags_notes_and_read_marks_are_found_and_shown() {
    let (_folder, store) = store().await;
    let [one, two, three] = three(&store).await;
    store.pin(&[two], true).await.unwrap();
    store.tag(&[one, two], vec!["Late".into(), " to check ".into()], vec![]).await.unwrap();
    store.tag(&[one], vec!["late".into()], vec!["TO CHECK".into()]).await.unwrap();
    store.save_note(three, "paid twice".into()).await.unwrap();
    store.mark_read(&[three], true).await.unwrap();
    for (filter, ids) in [
        ("is:pinned", vec![two]),
        ("-is:pinned", vec![three, one]),
        ("tag:late", vec![two, one]),
        ("tag:\"to check\"", vec![two]),
        ("tag:LA*", vec![two, one]),
        ("-tag:late", vec![three]),
        ("has:note", vec![three]),
        ("has:tag", vec![two, one]),
        ("is:unread", vec![two, one]),
        ("-is:unread", vec![three]),
    ] {
        assert_eq!(found(&store, filter).await, ids, "{filter}");
    }
    let row = store.summary(two).await.unwrap();
    assert_eq!(
        (row.pinned, row.unread, row.has_note, row.tags),
        (true, true, false, vec!["Late".into(), "to check".into()])
    );
    assert_eq!(store.exchange(three).await.unwrap().note, "paid twice");
    let tags: Vec<(String, u64)> =
        store.tags().await.unwrap().into_iter().map(|tag| (tag.name, tag.exchanges)).collect();
    assert_eq!(tags, [("Late".into(), 2), ("to check".into(), 1)]);
    store.save_note(three, "  \n".into()).await.unwrap();
    assert_eq!(found(&store, "has:note").await, [0_i64; 0]);
}

#[tokio::test]
async fn what_cannot_be_a_tag_or_a_note_is_refused() {
    let (_folder, store) = store().await;
    let [one, ..] = three(&store).await;
    for name in ["", " ", "a\"b", "a,b", "a*", "-a", "a\nb", &"a".repeat(65)] {
        assert!(matches!(store.tag(&[one], vec![name.into()], vec![]).await, Err(StoreError::Invalid(_))), "{name:?}");
    }
    assert!(matches!(store.save_note(one, "a".repeat(65 * 1024)).await, Err(StoreError::Invalid(_))));
    assert!(matches!(store.save_note(99, "a".into()).await, Err(StoreError::NotFound(_))));
}

#[tokio::test]
async fn counts_stay_right_whatever_changes() {
    let (_folder, store) = store().await;
    let [one, two, three] = three(&store).await;
    store.finish_indexing().await.unwrap();
    assert_counts_are_right(&store, "indexed").await;
    assert_eq!(kept(&store).await, [3, 0, 1, 3]);
    let mut replay = push("a", "e", "");
    (replay.direction, replay.origin, replay.parent, replay.status) =
        (Direction::Pull, Origin::Replay, Some(one), Some(503));
    store.save(replay).await.unwrap();
    store.finish_indexing().await.unwrap();
    assert_counts_are_right(&store, "a replay failed").await;
    assert_eq!(kept(&store).await, [3, 1, 3, 3]);
    store.mark_read(&[two], true).await.unwrap();
    store.mark_read(&[two, three], true).await.unwrap();
    assert_counts_are_right(&store, "two are read").await;
    store.mark_all_read().await.unwrap();
    assert_counts_are_right(&store, "all are read").await;
    store.mark_read(&[one], false).await.unwrap();
    assert_counts_are_right(&store, "one is unread again").await;
    assert_eq!(kept(&store).await, [3, 1, 3, 1]);
    store.run("Hiding", "UPDATE exchange SET deletion = 1 WHERE id <= 2".into()).await.unwrap();
    assert_counts_are_right(&store, "two are hidden").await;
    store.run("Showing", "UPDATE exchange SET deletion = NULL WHERE id = 2".into()).await.unwrap();
    assert_counts_are_right(&store, "one is shown again").await;
    store.run("Deleting", "DELETE FROM exchange WHERE id IN (1, 3)".into()).await.unwrap();
    assert_counts_are_right(&store, "a hidden one and another are gone").await;
}

#[tokio::test]
async fn every_change_of_a_mark_is_a_new_revision() {
    let (_folder, store) = store().await;
    let [one, ..] = three(&store).await;
    let revision = async || store.stored().await.unwrap().revision;
    let mut last = revision().await;
    for step in 0..5 {
        match step {
            0 => store.pin(&[one], true).await.unwrap(),
            1 => store.mark_read(&[one], true).await.unwrap(),
            2 => store.tag(&[one], vec!["a".into()], vec![]).await.unwrap(),
            3 => store.save_note(one, "b".into()).await.unwrap(),
            _ => store.mark_all_read().await.unwrap(),
        }
        let now = revision().await;
        assert!(now > last, "step {step}");
        last = now;
    }
    store.pin(&[one], true).await.unwrap();
    assert_eq!(revision().await, last, "what changes nothing is no change");
}

#[tokio::test]
async fn case_matters_beyond_ascii_as_little_as_within() {
    let (_folder, store) = store().await;
    let one = store.save(push("K\u{e4}se", "Stra\u{df}e.\u{c9}t\u{e9}", "")).await.unwrap();
    store.save(push("other", "other", "")).await.unwrap();
    store.tag(&[one], vec!["\u{dc}berf\u{e4}llig".into()], vec![]).await.unwrap();
    for filter in [
        "tag:\u{dc}ber*",
        "tag:\u{fc}BERF\u{c4}*",
        "tag:\u{fc}berf\u{e4}llig",
        "tag:\u{dc}BERF\u{c4}LLIG",
        "source:k\u{c4}SE",
        "source:*\u{c4}se",
        "type:STRA\u{df}e.\u{e9}T\u{c9}",
        "type:*\u{e9}t\u{c9}",
        "path:/IN/k\u{c4}*",
    ] {
        assert_eq!(found(&store, filter).await, [one], "{filter}");
        assert_eq!(found(&store, &format!("-{filter}")).await, [2], "{filter}");
    }
}
