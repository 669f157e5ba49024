// What the tunnel is made with, as it is being typed.
import type { TunnelConfig } from "$ipc/bindings/TunnelConfig";

export type Provider = TunnelConfig["provider"];

export class TunnelForm {
  provider = $state<Provider>("bore");
  server = $state("bore.pub");
  secret = $state("");
  /** The secret is kept in the vault, and comes from there if none is typed. */
  kept = $state(false);
  /** The public port wanted; empty lets the server choose. */
  port = $state("");
  program = $state<string | null>(null);

  constructor(kept: TunnelConfig | null) {
    if (kept === null) return;
    this.provider = kept.provider;
    if (kept.provider === "bore") {
      this.server = kept.server;
      this.kept = kept.kept;
      this.port = kept.port === 0 ? "" : String(kept.port);
    } else this.program = kept.program;
  }

  config(): TunnelConfig {
    if (this.provider === "cloudflared") return { provider: "cloudflared", program: this.program };
    return {
      provider: "bore",
      server: this.server.trim(),
      secret: this.secret || null,
      port: Number(this.port) || 0,
      kept: this.kept,
    };
  }
}
