"""What a visitor takes away: tables, figures, networks and the risk sheet, as files."""
