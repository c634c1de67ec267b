"""Questions over tables: ours, of all formats, and two public sets."""
