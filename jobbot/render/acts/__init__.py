"""The words of acts: what every act's message says alike, and the sentences and the window of each kind."""
