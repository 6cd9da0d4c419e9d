"use strict";
// What is asked for, step by step. Names are those of `KycDataInput`; a dot leads into the address.
(() => {
  const choices = (...pairs) => pairs.map(([value, label]) => ({ value, label }));
  window.GATEHOUSE_STEPS = [
    {
      title: "About you",
      fields: [
        { name: "legalFirstName", label: "First name", hint: "As in your identity document.", required: true, autocomplete: "given-name" },
        { name: "legalMiddleName", label: "Middle name, if you have one", autocomplete: "additional-name" },
        { name: "legalLastName", label: "Last name", hint: "Leave it empty if you have one name only.", autocomplete: "family-name" },
        { name: "dateOfBirth", label: "Date of birth", type: "date", required: true, autocomplete: "bday" },
        { name: "nationality", label: "Nationality", type: "country", required: true },
        { name: "phoneNumber", label: "Phone number", hint: "With country code, for example +14155551234.", type: "tel", required: true, autocomplete: "tel" },
      ],
    },
    {
      title: "Where you live",
      fields: [
        { name: "address.addressLine1", label: "Street and house number", required: true, autocomplete: "address-line1" },
        { name: "address.addressLine2", label: "Apartment, if any", autocomplete: "address-line2" },
        { name: "address.city", label: "City", required: true, autocomplete: "address-level2" },
        { name: "address.country", label: "Country", type: "country", required: true, autocomplete: "country" },
        { name: "address.stateCode", label: "State, if your country has them", hint: "Its short form, for example CA.", autocomplete: "address-level1" },
        { name: "address.postalCode", label: "Postal code", autocomplete: "postal-code" },
        { name: "address.locale", label: "Language and country", hint: "For example en-US for English in the United States.", required: true },
      ],
    },
    {
      title: "Your national ID",
      fields: [
        { name: "nationalIdType", label: "Type", type: "select", required: true, options: choices(["NATIONAL_ID", "National ID number"], ["SSN", "Social security number"], ["TIN", "Tax number"]) },
        { name: "nationalIdNumber", label: "Number", required: true },
        { name: "nationalIdIssuingCountry", label: "Issuing country", type: "country", required: true },
      ],
    },
    {
      title: "Your work and your money",
      fields: [
        { name: "employmentStatus", label: "Employment", type: "select", required: true, options: choices(["EMPLOYED", "Employed"], ["SELF_EMPLOYED", "Self-employed"], ["UNEMPLOYED", "Not employed"], ["RETIRED", "Retired"], ["STUDENT", "Student"]) },
        { name: "mostRecentOccupation", label: "Present or last occupation", required: true, autocomplete: "organization-title" },
        { name: "sourceOfFunds", label: "Where your money comes from", type: "select", required: true, options: choices(["EMPLOYMENT", "Wages"], ["BUSINESS", "My business"], ["INVESTMENTS", "Investments"], ["INHERITANCE", "An inheritance"], ["SAVINGS", "Savings"]) },
        { name: "accountPurpose", label: "What you will use the account for", type: "select", required: true, options: choices(["PERSONAL_USE", "Personal payments"], ["BUSINESS_USE", "Business payments"], ["INVESTMENT", "Investing"]) },
        { name: "expectedMonthlyPaymentsUsd", label: "Payments you expect in a month, in US dollars", type: "select", required: true, options: choices(["UNDER_10K", "Less than 10,000"], ["FROM_10K_TO_50K", "10,000 to 50,000"], ["FROM_50K_TO_100K", "50,000 to 100,000"], ["OVER_100K", "More than 100,000"]) },
        { name: "isIntermediary", label: "Do you act for someone else?", type: "boolean", required: true },
      ],
    },
    { title: "Your identity document", document: true, fields: [] },
  ];
  window.GATEHOUSE_DOCUMENTS = choices(
    ["PASSPORT", "Passport"], ["NATIONAL_ID_CARD", "National identity card"], ["DRIVERS_LICENSE", "Driving licence"],
    ["RESIDENCE_PERMIT", "Residence permit"], ["STATE_ID_CARD", "Identity card of a state"]);
})();
