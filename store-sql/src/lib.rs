//! The store in SQLite: one file, one writer thread that commits together what comes together, readers beside it.
