// The shell's own commands, for the window's permission list at build time. A test holds the
// capabilities against it.
&["choose_file", "choose_save", "open_url", "copy_text"]
