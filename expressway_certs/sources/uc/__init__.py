"""The certificates of Unified CM, IM and Presence and Unity Connection, as their administrators get them out."""
