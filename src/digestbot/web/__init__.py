"""The pages that mails link to: sign-up, confirming, settings, unsubscribing, a whole digest. No script, no cookie."""
