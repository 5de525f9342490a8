"""What comes next: the steps of a renewal, what time will bring, what an upgrade takes.

Nothing here judges a certificate: a plan is made of states that the pipeline audits.
"""
