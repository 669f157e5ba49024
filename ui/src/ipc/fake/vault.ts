// The stand-in's vault and settings of sources.
import type { SourceSettings } from "../bindings/SourceSettings";
import type { VaultStatus } from "../bindings/VaultStatus";
import type { Answers } from "./index";
import type { FakeState } from "./state";

/** What is kept of sources and of the vault, as long as the page lives. Secrets are dropped but for their ends. */
export class FakeVault {
  status: VaultStatus = {
    state: "absent",
    place: null,
    keyStore: "the Secret Service",
    keyFile: null,
    message: null,
    secrets: 0,
  };
  /** The key store takes no key: a vault needs a passphrase or a key file. */
  storeIsMissing = false;
  passphrase = "";
  sources = new Map<string, SourceSettings>();

  start(how: "noStore" | "keyMissing" | undefined) {
    this.storeIsMissing = how === "noStore";
    if (how !== "keyMissing") return;
    const message = "The key of this workspace's secrets is no longer in the Secret Service.";
    this.status = { ...this.status, state: "keyMissing", place: "keyStore", message, secrets: 2 };
  }

  source(name: string): SourceSettings {
    const known = this.sources.get(name);
    if (known) return known;
    const fresh: SourceSettings = {
      name,
      provider: null,
      recognised: name === "default" ? null : name,
      url: null,
      tolerance: null,
      handshakes: true,
      secrets: [],
      asked: [],
      notice: null,
    };
    this.sources.set(name, fresh);
    return fresh;
  }

  /** Opens a vault for a new secret, as the engine does. */
  need() {
    if (this.status.state === "unlocked") return;
    if (this.status.state === "absent" && !this.storeIsMissing) return void this.open("keyStore");
    const message =
      this.status.state === "absent"
        ? "The key can't be kept here: the Secret Service does not answer."
        : (this.status.message ?? "The vault is locked.");
    throw { code: "vaultClosed", message, hint: "Choose a passphrase or a key file for the vault." };
  }

  open(place: VaultStatus["place"]) {
    this.status = { ...this.status, state: "unlocked", place, message: null };
  }
}

/** What a provider's rules ask for beside a secret. */
const askedBy = (provider: string | null) => (provider === "paypal" ? ["webhook_id"] : []);

export function vaultAnswers(state: FakeState): Answers {
  const vault = state.vault;
  const changed = <T>(answer: T): T => {
    vault.status.secrets = [...vault.sources.values()].reduce((sum, source) => sum + source.secrets.length, 0);
    state.tell([], true);
    return answer;
  };
  let next = 1;
  return {
    source_settings: ({ name }) => vault.source(name),
    save_source: ({ name, ...set }) => {
      if (set.url && !/^https?:\/\/./.test(set.url))
        throw {
          code: "invalid",
          message: "The public URL needs http:// or https:// in front, and a host.",
          hint: null,
        };
      vault.sources.set(name, { ...vault.source(name), ...set, asked: askedBy(set.provider) });
      return changed(vault.source(name));
    },
    add_secret: ({ source, label, value }) => {
      if (!value)
        throw { code: "invalid", message: "The secret is empty. Paste it as the service shows it.", hint: null };
      vault.need();
      const shown = Math.min(4, Math.floor(value.length / 4));
      const ending = value.slice(value.length - shown);
      const secret = { id: next++, label, ending, addedAt: Date.now() * 1000, learnt: false, damaged: false };
      const kept = vault.source(source);
      vault.sources.set(source, { ...kept, secrets: [...kept.secrets, secret] });
      return changed(vault.source(source));
    },
    remove_secret: ({ source, id }) => {
      const kept = vault.source(source);
      vault.sources.set(source, { ...kept, secrets: kept.secrets.filter((secret) => secret.id !== id) });
      return changed(vault.source(source));
    },
    vault: () => vault.status,
    make_vault: ({ place, passphrase, keyFile }) => {
      if (place === "passphrase" && (passphrase ?? "").length < 8)
        throw { code: "invalid", message: "A passphrase has at least 8 characters.", hint: null };
      vault.passphrase = passphrase ?? "";
      vault.status.keyFile = keyFile;
      vault.open(place);
      return changed(vault.status);
    },
    unlock_vault: ({ passphrase }) => {
      if (vault.status.place === "passphrase" && passphrase !== vault.passphrase) {
        // A try without the right one closes it.
        vault.status = { ...vault.status, state: passphrase === null ? "locked" : "wrongKey" };
        throw {
          code: "vaultClosed",
          message: "The passphrase is not the one this workspace's secrets were sealed with.",
          hint: "Try the passphrase or key that this workspace was made with.",
        };
      }
      vault.open(vault.status.place);
      return changed(vault.status);
    },
    lock_vault: () => {
      vault.status = { ...vault.status, state: "locked", message: "Locked here. Unlock it to read secrets." };
      return changed(vault.status);
    },
    forget_vault: () => {
      for (const source of vault.sources.values()) source.secrets = [];
      vault.status = { ...vault.status, state: "absent", place: null, keyFile: null, message: null };
      return changed(vault.status);
    },
  };
}
