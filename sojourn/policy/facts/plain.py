"""Plain words for the keys of the taxonomy, and what a legal basis and a right mean to people.

The keys are those of fideslang, see `fideslang.py`; the words are ours. The matrix of rights is
that of the W3C Data Privacy Vocabulary 2.3 (clauses 1.3), told to whom it concerns.
"""

from __future__ import annotations


def _read(text: str) -> dict[str, str]:
    return dict(line.strip().split(": ", 1) for line in text.strip().split("\n"))


CATEGORIES = _read("""
    system: technical data about nobody
    system.authentication: technical keys of our own systems
    system.operations: data on how our own systems run
    user: data about you
    user.account: your account
    user.account.settings: the settings of your account
    user.account.username: your user name
    user.authorization: what lets you in
    user.authorization.biometric: a body feature with which you sign in
    user.authorization.credentials: what you sign in with
    user.authorization.password: your password
    user.behavior: what you do here
    user.behavior.browsing_history: the pages you looked at
    user.behavior.media_consumption: what you watched, read or listened to
    user.behavior.purchase_history: what you bought
    user.behavior.search_history: what you searched for
    user.biometric: features of your body
    user.biometric.fingerprint: your fingerprint
    user.biometric.health: measurements of your body
    user.biometric.retinal: your retina
    user.biometric.voice: your voice
    user.childrens: data about children
    user.contact: how to reach you
    user.contact.address: your address
    user.contact.address.city: your city
    user.contact.address.country: your country
    user.contact.address.postal_code: your postal code
    user.contact.address.state: your state or region
    user.contact.address.street: your street
    user.contact.email: your e-mail address
    user.contact.fax_number: your fax number
    user.contact.organization: the organisation you belong to
    user.contact.phone_number: your phone number
    user.contact.url: your website
    user.content: what you write or upload
    user.content.private: what you write to somebody in private
    user.content.public: what you publish
    user.content.self_image: pictures of you
    user.criminal_history: convictions
    user.demographic: what describes you, such as age or language
    user.demographic.age_range: your age group
    user.demographic.date_of_birth: your date of birth
    user.demographic.gender: your gender
    user.demographic.language: your language
    user.demographic.marital_status: whether you are married
    user.demographic.political_opinion: your political opinions
    user.demographic.profile: a description of you
    user.demographic.race_ethnicity: your ethnic origin
    user.demographic.religious_belief: your religion
    user.demographic.sexual_orientation: your sexual orientation
    user.device: your device
    user.device.cookie: cookies in your browser
    user.device.cookie_id: the number in a cookie
    user.device.device_id: the number of your device
    user.device.ip_address: your IP address, the number by which your connection is reached
    user.financial: your finances
    user.financial.bank_account: your bank account
    user.financial.credit_card: your payment card
    user.government_id: numbers that a state gave you
    user.government_id.birth_certificate: your birth certificate
    user.government_id.drivers_license_number: the number of your driving licence
    user.government_id.immigration: your residence papers
    user.government_id.national_identification_number: your national identity number
    user.government_id.passport_number: the number of your passport
    user.government_id.vehicle_registration: the registration of your vehicle
    user.health_and_medical: your health
    user.health_and_medical.genetic: your genes
    user.health_and_medical.insurance_beneficiary_id: the number of your health insurance
    user.health_and_medical.record_id: the number of your medical record
    user.job_title: your job
    user.location: where you are
    user.location.imprecise: roughly where you are
    user.location.precise: exactly where you are
    user.name: your name
    user.name.first: your first name
    user.name.last: your last name
    user.payment: how and what you pay
    user.privacy_preferences: your choices about your data
    user.sensor: what sensors measure
    user.social: whom you are in touch with
    user.telemetry: technical data about how you use the service
    user.unique_id: a number that stands for you
    user.unique_id.pseudonymous: a number that stands for you and does not tell your name
    user.user_sensor: what sensors of your device measure
    user.workplace: your workplace
""")
"""What each kind of data is, as one would say it to the person."""

USES = _read("""
    analytics: to understand how things are used
    analytics.reporting: to understand, in numbers, how the service is used
    analytics.reporting.ad_performance: to see how advertisements do
    analytics.reporting.campaign_insights: to see how a campaign does
    analytics.reporting.content_performance: to see which content is used
    analytics.reporting.system: to see how our systems do
    analytics.reporting.system.performance: to see how fast our systems are
    collect: to collect data
    employment: to manage employment
    employment.recruitment: to hire people
    essential: to do what is needed
    essential.fraud_detection: to find fraud
    essential.legal_obligation: to do what a law asks of us
    essential.service: to give you the service
    essential.service.authentication: to let you sign in
    essential.service.notifications: to tell you what happens in the service
    essential.service.notifications.email: to tell you by e-mail what happens in the service
    essential.service.notifications.sms: to tell you by text message what happens in the service
    essential.service.operations: to run the service
    essential.service.operations.improve: to find and mend faults
    essential.service.operations.support: to help you when you ask
    essential.service.payment_processing: to take payments
    essential.service.security: to keep the service secure
    essential.service.upgrades: to maintain the service
    finance: to keep our accounts
    functional: to offer functions beyond the necessary
    functional.service: to offer a function that you choose
    functional.service.improve: to improve functions
    functional.storage: to remember your settings
    functional.storage.privacy_preferences: to remember your choices about your data
    marketing: to advertise what we offer
    marketing.advertising: to show advertisements
    marketing.advertising.first_party: to show advertisements of our own
    marketing.advertising.first_party.contextual: to show advertisements that fit the page
    marketing.advertising.first_party.targeted: to show our advertisements chosen for you
    marketing.advertising.frequency_capping: not to show an advertisement too often
    marketing.advertising.negative_targeting: not to show an advertisement to whom it does not suit
    marketing.advertising.profiling: to build a profile of you for advertising
    marketing.advertising.serving: to deliver advertisements
    marketing.advertising.third_party: to show advertisements through other companies
    marketing.advertising.third_party.targeted: to show advertisements of others chosen for you
    marketing.communications: to send you advertising
    marketing.communications.email: to send you advertising by e-mail
    marketing.communications.sms: to send you advertising by text message
    operations: to run our organisation
    personalize: to fit the service to you
    personalize.content: to show content that fits you
    personalize.content.limited: to show content that fits what you do now
    personalize.content.profiled: to show content that fits a profile of you
    personalize.content.profiling: to build a profile of you for choosing content
    personalize.profiling: to build a profile of you
    personalize.system: to fit the system to you
    sales: to sell what we offer
    third_party_sharing: to share data with other companies
    third_party_sharing.legal_obligation: to share data where a law asks for it
    train_ai_system: to train a system of artificial intelligence
""")
"""What data are used for, as one would say it to the person."""

PROFILING = (
    "marketing.advertising.profiling",
    "personalize.content.profiling",
    "personalize.content.profiled",
    "personalize.profiling",
)
"""Uses by which a machine forms a picture of somebody."""

BASES = {
    "consent": ("Your consent", "You are asked first, may say no, and may take it back any time."),
    "contract": (
        "A contract with you",
        "It is needed for what you asked of us; without these data we cannot do it.",
    ),
    "legal_obligation": ("A legal obligation", "A law obliges us to it."),
    "legitimate_interests": (
        "Legitimate interests",
        "The interest in it was weighed against yours; you may object.",
    ),
    "vital_interests": ("Vital interests", "It protects somebody's life."),
    "public_task": ("A public task", "It is a task that the law gave us; you may object."),
}
"""Each legal basis, and what it means for the person."""

ARTICLE_OF_BASIS = {
    "consent": "6(1)(a)",
    "contract": "6(1)(b)",
    "legal_obligation": "6(1)(c)",
    "vital_interests": "6(1)(d)",
    "public_task": "6(1)(e)",
    "legitimate_interests": "6(1)(f)",
}
"""The article of the GDPR behind each basis."""

RIGHTS = {
    "access": ("See your data", "learn whether we hold data about you, and get a copy"),
    "rectify": ("Correct them", "have what is wrong or incomplete put right"),
    "erase": ("Have them erased", "have them deleted here and at those who received them"),
    "restrict": ("Put them on hold", "have them kept, and used for nothing, while a doubt is open"),
    "port": ("Take them along", "get what you gave us in a common format, or have it passed on"),
    "object": ("Object", "say why we should stop; for advertising no reason is needed"),
    "withdraw": ("Take back consent", "say no from now on, as easily as you said yes"),
}
"""Each right as a heading, and what a person may ask for."""

HOLDS = {
    ("erase", "contract"): "when no longer needed",
    ("erase", "legitimate_interests"): "once you object, unless there are overriding grounds",
}
"""Where a right goes with a basis only under a condition."""

NOT = {
    ("erase", "legal_obligation"): "no: the law has us keep them",
    ("erase", "public_task"): "no: the task asks for them",
    ("object", "consent"): "no need: take the consent back",
}
"""Where a right does not go with a basis, and it is worth saying why."""
