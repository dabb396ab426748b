//! The studio without a screen: runs jobs through ports and decides nothing about pixels.
